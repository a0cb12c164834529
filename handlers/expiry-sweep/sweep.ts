import type { ReservationId } from "../../contract/identifiers.ts";
import { type Clock, type Ids, indexShards } from "../inventory/index.ts";
import type { Log, Meter } from "../runtime/index.ts";
import type { ReservationStore } from "../store/index.ts";
import type { SweepCursor } from "./cursor.ts";

export interface SweepPorts {
  readonly store: Pick<ReservationStore, "expire" | "listDue">;
  readonly cursor: SweepCursor;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly meter: Meter;
}

const minuteMs = 60_000;
/** The index lags behind the table: a minute is empty for sure only when read empty this long after its end. */
const settledMs = 10 * minuteMs;
/** Every run reads this many recent minutes first, so that an old minute with failures does not delay them. */
const recentMinutes = 15;
const backlogMinutesMax = 120;
/** How long a due reservation is left to its timer. Earlier, the sweep and the timer would only collide. */
const timerGraceMs = 5_000;
const runMsMax = 40_000;
const expiriesAtOnce = 8;

export interface SweepReport {
  readonly expired: number;
  readonly failed: number;
  /** Minutes between the cursor and now. */
  readonly behindMinutes: number;
}

/**
 * Creates the sweep, which finds reservations whose timer was never sent or was lost. It reads every shard of every
 * minute from the cursor to now, but at most `backlogMinutesMax` older minutes per run, and expires the due
 * reservations. The conditional write of the expiry decides, so a stale index entry does no harm.
 */
export function createSweep(ports: SweepPorts) {
  return async (): Promise<SweepReport> => {
    const startedMs = ports.clock();
    const nowMinute = Math.floor(startedMs / minuteMs);
    // A new deployment has no older minutes. After a restore to an earlier time, an operator must set the cursor back.
    const from = (await ports.cursor.read()) ?? nowMinute - recentMinutes;
    const run: Run = { endsMs: startedMs + runMsMax, expired: 0, failed: 0 };
    const passed = new Set<number>();
    for (const minute of minutesInOrder(from, nowMinute)) {
      if (ports.clock() >= run.endsMs) break;
      if (await sweepMinute(ports, run, minute)) passed.add(minute);
    }
    let next = from;
    while (passed.has(next)) next++;
    await ports.cursor.advance(next);
    return report(ports, run, nowMinute - next);
  };
}

interface Run {
  readonly endsMs: number;
  expired: number;
  failed: number;
}

function minutesInOrder(from: number, now: number): number[] {
  const recentFrom = Math.max(from, now - recentMinutes);
  const backlogEnd = Math.min(recentFrom, from + backlogMinutesMax);
  return [...range(recentFrom, now + 1), ...range(from, backlogEnd)];
}

const range = (from: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - from) }, (_, index) => from + index);

/** Sweeps one minute. Returns whether the cursor may pass it. */
async function sweepMinute(ports: SweepPorts, run: Run, minute: number): Promise<boolean> {
  const readAtMs = ports.clock();
  const shards = Array.from({ length: indexShards }, (_, shard) => shard);
  const due = await Promise.all(shards.map((shard) => ports.store.listDue(minute, shard, readAtMs - timerGraceMs)));
  const ids = due.flat();
  await expireAll(ports, run, ids);
  return ids.length === 0 && readAtMs >= (minute + 1) * minuteMs + settledMs;
}

async function expireAll(ports: SweepPorts, run: Run, ids: readonly ReservationId[]): Promise<void> {
  const open = ids.values();
  const worker = async () => {
    for (const id of open) {
      if (ports.clock() >= run.endsMs) return;
      await expireOne(ports, run, id);
    }
  };
  await Promise.all(Array.from({ length: expiriesAtOnce }, worker));
}

/** Expires one reservation. A failure keeps its minute open, and the next run tries again. */
async function expireOne(ports: SweepPorts, run: Run, id: ReservationId): Promise<void> {
  const requestId = ports.ids();
  try {
    const outcome = await ports.store.expire({ requestId, actor: "expiry-sweep", receivedAtMs: ports.clock() }, id);
    if (outcome.kind !== "expired") return;
    run.expired++;
    const { expiresAt, payBy = expiresAt } = outcome.reservation;
    const lateMs = ports.clock() - Date.parse(payBy);
    ports.log.info("expired", { correlation_id: requestId, reservation: id, lateMs });
    ports.meter.measure("ExpiryLag", lateMs);
  } catch (error) {
    run.failed++;
    ports.log.error("reservation not expired", { correlation_id: requestId, reservation: id, error });
  }
}

function report({ log, meter }: SweepPorts, { expired, failed }: Run, behindMinutes: number): SweepReport {
  log.info("swept", { expired, failed, behindMinutes });
  if (expired > 0) meter.count("ReservationsExpired", expired);
  if (failed > 0) meter.count("ReservationsNotExpired", failed);
  return { expired, failed, behindMinutes };
}
