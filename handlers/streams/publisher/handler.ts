import type { DynamoDBBatchResponse } from "aws-lambda";
import type { Event } from "../../../contract/event.ts";
import type { EventBus } from "../../runtime/event-bus.ts";
import type { Log } from "../../runtime/log.ts";
import type { Meter } from "../../runtime/metrics.ts";
import type { Quarantine } from "../../runtime/quarantine.ts";
import { readChange, StreamEvent, type StreamRecord } from "./change.ts";
import { eventsOf } from "./events.ts";

export interface PublisherPorts {
  readonly bus: EventBus;
  readonly quarantine: Quarantine;
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
    const eventCount = recordOf.size - refused.length;
    ports.log.info("events published", { recordCount: Records.length, eventCount, failedCount: failed.size });
    ports.meter.count("EventsPublished", eventCount);
    return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
  };
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
