import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { z } from "zod";
import type { QueueState } from "../../contract/operations.ts";
import type { Log } from "../runtime/index.ts";
import type { QueueAddress } from "./environment.ts";

export interface QueuePorts {
  readonly sqs: () => SQSClient;
  readonly queues: readonly QueueAddress[];
  readonly log: Log;
}

/** Reads the counts of each queue and of its dead-letter queues; null for a queue that does not answer. */
export function readQueues(ports: QueuePorts): Promise<QueueState[]> {
  return Promise.all(
    ports.queues.map(async ({ name, url, deadLetterUrls }) => {
      const [own, ...dead] = await Promise.all([url, ...deadLetterUrls].map((each) => countsOf(ports, each)));
      const { depth = null, inFlight = null, delayed = null } = own ?? {};
      return { name, depth, inFlight, delayed, deadLetters: messagesIn(dead) };
    }),
  );
}

/** Adds up all messages, also those in flight: a dead letter that someone is reading still counts. */
function messagesIn(queues: readonly (Counts | null)[]): number | null {
  const known = queues.filter((counts) => counts !== null);
  return known.length < queues.length ? null : known.reduce((sum, { depth, inFlight }) => sum + depth + inFlight, 0);
}

type Counts = Record<keyof typeof attributes, number>;
const attributes = {
  depth: "ApproximateNumberOfMessages",
  inFlight: "ApproximateNumberOfMessagesNotVisible",
  delayed: "ApproximateNumberOfMessagesDelayed",
} as const;
const Count = z.coerce.number().int();

async function countsOf({ sqs, log }: QueuePorts, url: string): Promise<Counts | null> {
  try {
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: Object.values(attributes) });
    const { Attributes = {} } = await sqs().send(command);
    const count = (name: keyof typeof attributes) => Count.parse(Attributes[attributes[name]]);
    return { depth: count("depth"), inFlight: count("inFlight"), delayed: count("delayed") };
  } catch (error) {
    log.warn("could not read the counts of a queue", { url, reason: String(error) });
    return null;
  }
}
