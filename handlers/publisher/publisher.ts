import type { DynamoDBBatchResponse } from "aws-lambda";
import type { Event } from "../../contract/event.ts";
import { type Clock, ItemRecord, LevelRecord, LocationRecord, ReservationRecord } from "../inventory/index.ts";
import type { EventPublisher } from "../runtime/events/event-publisher.ts";
import { measureFeedLag } from "../runtime/observability/feed-lag.ts";
import { aboutRequests, type Log } from "../runtime/observability/log.ts";
import type { Meter } from "../runtime/observability/meter.ts";
import {
  createChangeReader,
  DynamoDbEvent,
  type DynamoDbRecord,
  dynamoDbChange,
  type Quarantine,
  quarantineRecord,
} from "../runtime/table-change/index.ts";
import { eventsOf } from "./events.ts";

export interface PublisherPorts {
  readonly bus: EventPublisher;
  readonly quarantine: Quarantine;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
}

const readChange = createChangeReader(dynamoDbChange, {
  schemas: { level: LevelRecord, reservation: ReservationRecord, item: ItemRecord, location: LocationRecord },
  before: true,
  unexpected: "wrong",
});

/**
 * Creates a consumer that publishes events for the changes in the inventory table's stream. The response names the
 * records whose events the bus did not accept. The stream then delivers again from the first of them, and later records
 * are published again with the same event ids.
 */
export function createPublisher(ports: PublisherPorts): (event: unknown) => Promise<DynamoDBBatchResponse> {
  return async (event) => {
    const { Records } = DynamoDbEvent.parse(event);
    const recordOf = new Map<Event, DynamoDbRecord>();
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

async function announce(ports: PublisherPorts, record: DynamoDbRecord): Promise<readonly Event[]> {
  const change = readChange(record);
  if (change.kind === "ignored") return [];
  if (change.kind !== "wrong") return eventsOf(change);
  const sequenceNumber = record.dynamodb.SequenceNumber;
  await quarantineRecord(ports, { name: sequenceNumber, reason: change.reason, record }, { sequenceNumber });
  return [];
}
