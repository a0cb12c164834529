import { z } from "zod";
import { parseArn } from "../arn.ts";
import { queueUrlOf } from "../delivery.ts";
import { callJson } from "../wire.ts";

const QueueMessage = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  MD5OfBody: z.string(),
  Attributes: z.record(z.string(), z.string()).default({}),
  MessageAttributes: z.record(z.string(), z.unknown()).default({}),
});
export type QueueMessage = z.output<typeof QueueMessage>;
const Received = z.object({ Messages: z.array(QueueMessage).nullish() });

/** The most messages of one call. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export const receiveCountMax = 10;
const receiveMsMax = 10_000;

interface Queue {
  readonly endpoint: string;
  readonly region: string;
  readonly url: string;
}

/** Finds the queue, which must exist. */
export async function findQueue(options: { endpoint: string; queueArn: string }): Promise<QueueClient> {
  const { region } = parseArn(options.queueArn);
  return new QueueClient({ endpoint: options.endpoint, region, url: await queueUrlOf(options) });
}

/** The calls that a poller sends to its queue. */
export class QueueClient {
  readonly #queue: Queue;

  constructor(queue: Queue) {
    this.#queue = queue;
  }

  async receive(count: number, waitSeconds: number): Promise<QueueMessage[]> {
    const input = {
      MaxNumberOfMessages: Math.min(count, receiveCountMax),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    };
    const answer = await this.#call("ReceiveMessage", input, Received, AbortSignal.timeout(receiveMsMax));
    return answer.Messages ?? [];
  }

  async delete(messages: readonly QueueMessage[]): Promise<void> {
    for (const Entries of entryLists(messages, {})) await this.#call("DeleteMessageBatch", { Entries }, z.unknown());
  }

  /** Makes the messages visible to other consumers now. */
  async release(messages: readonly QueueMessage[]): Promise<void> {
    for (const Entries of entryLists(messages, { VisibilityTimeout: 0 })) {
      await this.#call("ChangeMessageVisibilityBatch", { Entries }, z.unknown());
    }
  }

  #call<Shape extends z.ZodType>(operation: string, input: object, output: Shape, signal?: AbortSignal) {
    const { endpoint, region, url } = this.#queue;
    return callJson({
      endpoint,
      target: `AmazonSQS.${operation}`,
      version: "1.0",
      region,
      input: { QueueUrl: url, ...input },
      output,
      ...(signal && { signal }),
    });
  }
}

/** Splits entries into batch calls, each with as many entries as one call allows. */
function* entryLists(messages: readonly QueueMessage[], more: object): Generator<readonly object[]> {
  for (let index = 0; index < messages.length; index += receiveCountMax) {
    yield messages
      .slice(index, index + receiveCountMax)
      .map(({ ReceiptHandle }, place) => ({ Id: String(place), ReceiptHandle, ...more }));
  }
}
