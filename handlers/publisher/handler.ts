import type { DynamoDBBatchResponse } from "aws-lambda";
import type { Event } from "../../contract/event.ts";
import type { Clock } from "../inventory/index.ts";
import type { EventBus } from "../runtime/events/event-bus.ts";
import { measureFeedLag } from "../runtime/observability/feed-lag.ts";
import { aboutRequests, type Log } from "../runtime/observability/log.ts";
import type { Meter } from "../runtime/observability/meter.ts";
import type { Quarantine } from "../runtime/table-change/quarantine.ts";
import { readChange, StreamEvent, type StreamRecord } from "./change.ts";
import { eventsOf } from "./events.ts";

export interface PublisherPorts {
  readonly bus: EventBus;
  readonly quarantine: Quarantine;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
}

/**
 * Announces what the inventory table's stream tells. Records whose events the bus did not take are named, so that the
 * stream comes back from the first of them; what follows it is then announced again, with the same ids.
 */
export function createPublisher(ports: PublisherPorts): (event: unknown) => Promise<DynamoDBBatchResponse> {
  return async (event) => {
    const { Records } = StreamEvent.parse(event);
    const recordOf = new Map<Event, StreamRecord>();
    for (const record of Records) {
      for (const made of await announce(ports, record)) recordOf.set(made, record);
    }
    const refused = await ports.bus.publish([...recordOf.keys()]);
    const failed = new Set(refused.map((made) => recordOf.get(made)?.dynamodb.SequenceNumber ?? ""));
    const notTaken = new Set(refused);
    const published = [...recordOf.keys()].filter((made) => !notTaken.has(made));
    reportPublished(ports, published);
    if (refused.length > 0) ports.meter.count("EventsNotPublished", refused.length);
    const figures = { recordCount: Records.length, eventCount: published.length, failedCount: failed.size };
    const about = aboutRequests(published.map(({ detail }) => detail.correlationId));
    ports.log.info("events published", { ...figures, ...about });
    return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

function reportPublished(ports: PublisherPorts, published: readonly Event[]): void {
  if (published.length > 0) ports.meter.count("EventsPublished", published.length);
  measureFeedLag(
    ports,
    published.flatMap(({ detail: { after } }) => after?.updatedAt ?? []),
  );
}

async function announce(ports: PublisherPorts, record: StreamRecord): Promise<readonly Event[]> {
  const change = readChange(record);
  if (change.kind === "ignored") return [];
  if (change.kind !== "wrong") return eventsOf(change);
  const { reason } = change;
  await ports.quarantine({ name: record.dynamodb.SequenceNumber, reason, record });
  ports.meter.count("RecordsQuarantined");
  ports.log.warn("record put into quarantine", { sequenceNumber: record.dynamodb.SequenceNumber, reason });
  return [];
}
