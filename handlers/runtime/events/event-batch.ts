import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { type EventOf, type EventType, eventSchemas } from "../../../contract/event.ts";
import type { Log } from "../observability/log.ts";

export interface EventMessage<Type extends EventType> {
  readonly messageId: string;
  readonly event: EventOf<Type>;
}

/**
 * Handles a batch of events that a rule of the bus put into a queue. `handle` returns the ids of the messages that the
 * queue must deliver again; when it throws, the queue delivers all again. A message without such an event also fails,
 * and ends in the dead-letter queue.
 */
export async function handleEvents<Type extends EventType>(
  { Records }: Pick<SQSEvent, "Records">,
  { types, log }: { readonly types: readonly [Type, ...Type[]]; readonly log: Log },
  handle: (messages: readonly EventMessage<Type>[]) => Promise<readonly string[]>,
): Promise<SQSBatchResponse> {
  const failed: string[] = [];
  const messages = Records.flatMap(({ messageId, body }) => {
    const event = readEvent(body, types);
    if (event !== undefined) return [{ messageId, event }];
    log.error("message contains no event that this function handles", { message_id: messageId, types });
    failed.push(messageId);
    return [];
  });
  if (messages.length > 0) failed.push(...(await handle(messages)));
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

function readEvent<Type extends EventType>(body: string, types: readonly Type[]): EventOf<Type> | undefined {
  const value = json(body);
  for (const type of types) {
    const parsed = eventSchemas[type].safeParse(value);
    if (parsed.success) return parsed.data as EventOf<Type>;
  }
  return undefined;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
