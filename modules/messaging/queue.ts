import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping/index.js";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy/index.js";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import type { LambdaFunction } from "../compute/lambda-function.ts";
import type { Grantee } from "../identity/role.ts";
import { physicalName } from "../naming.ts";
import { type Sender, senderDocument } from "./queue-policy.ts";

/** AWS recommends six times the function's time-out, because throttled calls count as receives of a message. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const visibilityPerTimeout = 6;
const visibilitySecondsDefault = 30;
const retentionSeconds = 4 * 86_400;
/** 14 days, the longest retention of SQS. */
export const deadRetentionSeconds = 14 * 86_400;

export interface QueueProps {
  readonly name: string;
  /** After this many receives without success, a message goes to the dead-letter queue. 1 to 1,000. @default 5 */
  readonly receiveCountMax?: number;
}

export interface QueueConsumerProps {
  /** Messages per call. 1 to 10. @default 10 */
  readonly batchSize?: number;
  /** The most calls at the same time. 2 to 1000. @default no limit besides Lambda's own scaling */
  readonly parallelCallCount?: number;
}

/**
 * A queue with a dead-letter queue. It keeps messages for 4 days, dead letters for 14. Intents: `grantSend`,
 * `grantSource`, `grantInspect`, `consumedBy`.
 * @example
 * const mails = new Queue(stack, "mails", { name: "shop-mails", receiveCountMax: 3 });
 * mails.grantSend(privateFunction);
 * mails.consumedBy(publicFunction, { batchSize: 1 });
 */
export class Queue extends Construct {
  readonly queue: SqsQueue;
  readonly deadLetters: SqsQueue;
  readonly name: string;
  #consumer: LambdaFunction | undefined;
  readonly #senders: Sender[] = [];
  readonly #undelivered: SqsQueue[] = [];

  constructor(scope: Construct, id: string, props: QueueProps) {
    super(scope, id);
    this.name = physicalName("queue", props.name);
    this.deadLetters = new SqsQueue(this, "dead-letters", {
      name: physicalName("queue", props.name, "dead"),
      messageRetentionSeconds: deadRetentionSeconds,
      sqsManagedSseEnabled: true,
    });
    this.queue = new SqsQueue(this, "queue", {
      name: this.name,
      messageRetentionSeconds: retentionSeconds,
      sqsManagedSseEnabled: true,
      visibilityTimeoutSeconds: Lazy.numberValue({ produce: () => this.#visibilitySeconds() }),
      redrivePolicy: JSON.stringify({
        deadLetterTargetArn: this.deadLetters.arn,
        maxReceiveCount: props.receiveCountMax ?? 5,
      }),
    });
  }

  /** URL of the queue. */
  get url(): string {
    return this.queue.url;
  }

  /** ARN of the queue. */
  get arn(): string {
    return this.queue.arn;
  }

  /** Allows sending messages. */
  grantSend(grantee: Grantee): void {
    grantee.role.allow({ actions: ["sqs:SendMessage"], resources: [this.arn] });
  }

  /** Queues with messages that the consumer could not handle, and with messages that never reached this queue. */
  get deadEnds(): readonly SqsQueue[] {
    return [this.deadLetters, ...this.#undelivered];
  }

  /** Registers a queue in which a sender stores the messages that it could not deliver here. */
  keepsUndelivered(queue: SqsQueue): void {
    this.#undelivered.push(queue);
  }

  /** Allows counting the messages of this queue and of `deadEnds`, but not reading them. */
  grantInspect(grantee: Grantee): void {
    const resources = [this.arn, ...this.deadEnds.map(({ arn }) => arn)];
    grantee.role.allow({ actions: ["sqs:GetQueueAttributes"], resources });
  }

  /** Allows an AWS service to send messages for one of its resources, such as a rule of a bus. */
  grantSource(sender: Sender): void {
    this.#senders.push(sender);
    if (this.#senders.length > 1) return;
    new SqsQueuePolicy(this, "senders", {
      queueUrl: this.queue.url,
      policy: Lazy.stringValue({ produce: () => senderDocument(this.arn, this.#senders) }),
    });
  }

  /**
   * Calls the function with batches of messages. Messages that the function reports as failed return to the queue; the
   * others are deleted.
   * @throws when the queue already has a consumer
   */
  consumedBy(fn: LambdaFunction, props: QueueConsumerProps = {}): LambdaEventSourceMapping {
    if (this.#consumer) {
      throw new Error(
        `${this.node.path}: ${this.#consumer.name} consumes this queue already; a second consumer would take messages from it. Give ${fn.name} a queue of its own.`,
      );
    }
    this.#consumer = fn;
    fn.role.allow({
      actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      resources: [this.arn],
    });
    return new LambdaEventSourceMapping(fn, `from-${this.node.id}`, {
      eventSourceArn: this.arn,
      functionName: fn.arn,
      batchSize: props.batchSize ?? 10,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: props.parallelCallCount ? { maximumConcurrency: props.parallelCallCount } : undefined,
    });
  }

  #visibilitySeconds(): number {
    return this.#consumer ? visibilityPerTimeout * this.#consumer.timeoutSeconds : visibilitySecondsDefault;
  }
}
