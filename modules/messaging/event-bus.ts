import { CloudwatchEventArchive } from "@cdktf/provider-aws/lib/cloudwatch-event-archive/index.js";
import { CloudwatchEventBus } from "@cdktf/provider-aws/lib/cloudwatch-event-bus/index.js";
import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy/index.js";
import { Construct } from "constructs";
import type { Grantee } from "../identity/role.ts";
import { physicalName } from "../naming.ts";
import { deadRetentionSeconds, type Queue } from "./queue.ts";
import { senderDocument } from "./queue-policy.ts";

/** After this time of failed deliveries an event goes to the dead-letter queue. The archive can replay it too. */
const eventAgeSecondsMax = 86_400;
/** The most retries that EventBridge makes in a day. */
const retryAttemptsMax = 185;

export interface EventBusProps {
  readonly name: string;
  /** `source` of the events that the rules match. Events with another source go to no target. */
  readonly source: string;
  /** Days for which events can be replayed. 0: for ever. @default 30 */
  readonly archiveDays?: number;
}

/** One event type or several. */
export type EventSelection<EventType extends string> = EventType | readonly [EventType, ...EventType[]];

export interface EventFilter {
  /** Event pattern that `detail` must match. @default every event of the types is sent */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/**
 * An EventBridge bus with an archive. `EventType` is the union of the event types that rules may name. Intents:
 * `grantPublish`, `on`.
 * @example
 * const bus = new EventBus<"OrderPlaced" | "OrderPaid">(stack, "events", { name: "shop-events", source: "shop" });
 * bus.grantPublish(publicFunction);
 * bus.on(["OrderPlaced", "OrderPaid"], new Queue(stack, "mail", { name: "shop-mail" }));
 */
export class EventBus<EventType extends string = string> extends Construct {
  readonly bus: CloudwatchEventBus;
  readonly archive: CloudwatchEventArchive;
  /** Dead-letter queues of the targets, with events that the bus could not deliver. */
  readonly undelivered: SqsQueue[] = [];
  readonly #props: EventBusProps;

  constructor(scope: Construct, id: string, props: EventBusProps) {
    super(scope, id);
    this.#props = props;
    this.bus = new CloudwatchEventBus(this, "bus", { name: physicalName("eventBus", props.name) });
    this.archive = new CloudwatchEventArchive(this, "archive", {
      name: physicalName("eventArchive", props.name),
      eventSourceArn: this.bus.arn,
      eventPattern: JSON.stringify({ source: [props.source] }),
      retentionDays: props.archiveDays ?? 30,
    });
  }

  /** Name of the bus. */
  get name(): string {
    return this.bus.name;
  }

  /** ARN of the bus. */
  get arn(): string {
    return this.bus.arn;
  }

  /** Allows publishing events on the bus. */
  grantPublish(grantee: Grantee): void {
    grantee.role.allow({ actions: ["events:PutEvents"], resources: [this.arn] });
  }

  /**
   * Sends events of these types to a queue. Events that the bus cannot deliver go to a dead-letter queue of this
   * target. Messages that the queue's consumer cannot handle go to the queue's own dead-letter queue.
   */
  on(events: EventSelection<EventType>, queue: Queue, { detail }: EventFilter = {}): CloudwatchEventRule {
    const id = `to-${queue.node.id}`;
    const name = `${this.#props.name}-${queue.node.id}`;
    const rule = new CloudwatchEventRule(this, id, {
      name: physicalName("eventRule", name),
      description: `Events for the queue ${queue.node.id}`,
      eventBusName: this.name,
      eventPattern: JSON.stringify({
        source: [this.#props.source],
        "detail-type": [events].flat(),
        ...(detail && { detail }),
      }),
    });
    const undelivered = new SqsQueue(this, `${id}-undelivered`, {
      name: physicalName("queue", name, "undelivered"),
      messageRetentionSeconds: deadRetentionSeconds,
      sqsManagedSseEnabled: true,
    });
    this.undelivered.push(undelivered);
    const sender = { service: "events.amazonaws.com", sourceArn: rule.arn };
    queue.grantSource(sender);
    queue.keepsUndelivered(undelivered);
    new SqsQueuePolicy(this, `${id}-undelivered-senders`, {
      queueUrl: undelivered.url,
      policy: senderDocument(undelivered.arn, [sender]),
    });
    new CloudwatchEventTarget(this, `${id}-target`, {
      rule: rule.name,
      eventBusName: this.name,
      targetId: "queue",
      arn: queue.arn,
      retryPolicy: { maximumEventAgeInSeconds: eventAgeSecondsMax, maximumRetryAttempts: retryAttemptsMax },
      deadLetterConfig: { arn: undelivered.arn },
    });
    return rule;
  }
}
