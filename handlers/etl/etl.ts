import type { KinesisStreamBatchResponse } from "aws-lambda";
import { DatabaseError } from "pg";
import { type Clock, LevelRecord, ReservationRecord } from "../inventory/index.ts";
import type { Database } from "../runtime/database/database.ts";
import { measureFeedLag } from "../runtime/observability/feed-lag.ts";
import { aboutRequests, type Log } from "../runtime/observability/log.ts";
import type { Meter } from "../runtime/observability/meter.ts";
import {
  createChangeReader,
  KinesisEvent,
  kinesisChange,
  type Quarantine,
  quarantineRecord,
} from "../runtime/table-change/index.ts";
import { type BatchEntry, factsOf, writeBatch } from "./write-batch.ts";

export interface EtlPorts {
  readonly database: Database;
  readonly quarantine: Quarantine;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
}

const readChange = createChangeReader(kinesisChange, {
  schemas: { level: LevelRecord, reservation: ReservationRecord },
  unexpected: "wrong",
});

/**
 * Creates a consumer that writes a batch of the change stream to SQL. It does not use Powertools' BatchProcessor, which
 * calls a function for each record: here one transaction writes the whole batch. The response never names a failed
 * record. A wrong record goes to quarantine. When a dependency is down, the consumer throws, so that the shard waits
 * and delivers the whole batch again.
 */
export function createEtl(ports: EtlPorts): (event: unknown) => Promise<KinesisStreamBatchResponse> {
  return async (event) => {
    const { Records } = KinesisEvent.parse(event);
    const entries = Records.map((record) => ({ record, change: readChange(record) }));
    for (const { record, change } of entries) {
      if (change.kind === "wrong") await refuse(ports, record, change.reason);
    }
    if (entries.length > 0) await writeIsolated(ports, entries);
    return { batchItemFailures: [] };
  };
}

/** Writes a batch. When the database refuses its data, it splits the batch in half until the wrong record is alone. */
async function writeIsolated(ports: EtlPorts, entries: readonly BatchEntry[]): Promise<void> {
  try {
    const { movementsInserted, gapChanges } = await writeBatch(ports.database, entries);
    reportWritten(ports, entries, movementsInserted);
    const open = gapChanges.filter(({ missing }) => missing !== "{}");
    if (open.length > 0) ports.log.warn("the ledger lacks versions that later ones overtook", { open });
  } catch (error) {
    if (!isDataError(error)) throw error;
    const [first] = entries;
    if (entries.length === 1 && first) return refuse(ports, first.record, error.message);
    const half = Math.ceil(entries.length / 2);
    await writeIsolated(ports, entries.slice(0, half));
    await writeIsolated(ports, entries.slice(half));
  }
}

function reportWritten(ports: EtlPorts, entries: readonly BatchEntry[], movementsInserted: number): void {
  const facts = entries.flatMap(({ change }) => factsOf(change) ?? []);
  const about = aboutRequests(facts.map(({ requestId }) => requestId));
  ports.log.info("batch written", { recordCount: entries.length, movementsInserted, ...about });
  if (movementsInserted > 0) ports.meter.count("MovementsWritten", movementsInserted);
  measureFeedLag(
    ports,
    facts.map(({ changedAt }) => changedAt),
  );
}

const refuse = (ports: EtlPorts, record: BatchEntry["record"], reason: string): Promise<void> =>
  quarantineRecord(ports, { name: record.eventID.replace(":", "/"), reason, record }, { eventId: record.eventID });

/** Checks for the SQLSTATE classes of cardinality, data and constraint errors. https://www.postgresql.org/docs/current/errcodes-appendix.html */
function isDataError(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && /^(21|22|23)/.test(error.code ?? "");
}
