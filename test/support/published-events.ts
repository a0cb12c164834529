import type { _Record as StreamsRecord } from "@aws-sdk/client-dynamodb-streams";
import type { Event } from "../../contract/event.ts";
import { createPublisher } from "../../handlers/publisher/publisher.ts";
import type { EventPublisher } from "../../handlers/runtime/events/event-publisher.ts";
import type { Quarantined } from "../../handlers/runtime/table-change/index.ts";
import { recordingLog } from "./gateway-event.ts";
import { recordingMeter } from "./meter.ts";

/** Opens the publisher with a bus that keeps the events that it accepts. `refuses` selects the events it rejects. */
export function openPublisher(refuses: (event: Event) => boolean = () => false) {
  const published: Event[] = [];
  const quarantined: Quarantined[] = [];
  const bus: EventPublisher = {
    publish: async (events) => {
      published.push(...events.filter((event) => !refuses(event)));
      return events.filter(refuses);
    },
  };
  const [log, meter] = [recordingLog(), recordingMeter()];
  const handler = createPublisher({
    bus,
    clock: Date.now,
    log,
    meter,
    quarantine: async (record) => void quarantined.push(record),
  });
  return { handler, published, quarantined, log, meter };
}

/** Returns a record of a table's stream as Lambda passes it to a function. */
export const tableRecord = (record: StreamsRecord): object =>
  JSON.parse(JSON.stringify(record), (key, value: unknown) =>
    key === "ApproximateCreationDateTime" && typeof value === "string" ? Date.parse(value) / 1_000 : value,
  );
