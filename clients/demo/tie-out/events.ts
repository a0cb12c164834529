import type { Pool } from "pg";
import { LocationId, Sku } from "../../../contract/identifiers.ts";
import type { EventCounts } from "../listen/event-log.ts";
import type { Progress } from "../progress.ts";
import type { Watch } from "../replay/journal.ts";
import type { Session } from "../replay/session.ts";
import { readPolicy } from "../replay/watches.ts";
import type { Difference } from "./compare.ts";
import type { Crossing } from "./crossings.ts";
import { isOfRun, isRecorded, recordReservations } from "./reservation-events.ts";
import { untilComplete } from "./until-complete.ts";

/** The platform retries a delivery after 5 s, 30 s and 2 min. */
const silenceMsMax = 150_000;

export interface CheckedEvents extends EventCounts {
  readonly differences: readonly Difference[];
}

/**
 * Waits until every event was delivered that the run must have caused, according to the answers it got,
 * audit.reservation_event and the crossings in the ledger. Then looks up the cause of each other delivered event.
 */
export async function checkEvents(
  pool: Pool,
  options: { session: Session; crossings: readonly Crossing[]; progress: Progress; signal: AbortSignal },
): Promise<CheckedEvents> {
  const { session, crossings, progress, signal } = options;
  const { events } = session.journal;
  events.addRecorded(crossings);
  const look = async () => {
    await recordReservations(pool, session.runId, events);
    const { cameCount, expectedCount } = events.counts();
    return { done: cameCount - events.unrecorded().length, total: expectedCount };
  };
  await untilComplete(look, { phase: "events", unit: "events", silenceMsMax, progress, signal });
  const unmade: Difference[] = [];
  for (const id of events.unexplained()) {
    const why = await whyUnmade(pool, session, id);
    if (why !== undefined) unmade.push({ subject: id, what: `was delivered, but ${why}` });
  }
  const missing = events.missing().map((id) => ({ subject: id, what: "was never delivered" }));
  const unrecorded = events.unrecorded().map((id) => ({ subject: id, what: "is not in audit.reservation_event" }));
  return { ...events.counts(), differences: [...missing, ...unrecorded, ...unmade] };
}

/** Returns why an event has no cause, or undefined when, as far as a client can see, it has one. */
async function whyUnmade(pool: Pool, session: Session, id: string): Promise<string | undefined> {
  const [, noun = "", rest = "", versionText] = /^[A-Za-z]+\/(\w+)\/(.+)\/(\d+)$/.exec(id) ?? [];
  const version = Number(versionText);
  if (noun === "reservation") {
    if (!(await isRecorded(pool, rest, version))) return "audit.reservation_event has no such version";
    return isOfRun(session.runId, rest) ? "SQL tells of another change" : undefined;
  }
  if (noun === "item" || noun === "location") {
    const newest = await newestVersion(session, noun, rest);
    return version <= newest ? undefined : `the newest version is ${newest}`;
  }
  const [sku, location] = rest.split("/");
  return whyNoCrossing(session, { sku: Sku.parse(sku), location: LocationId.parse(location) });
}

async function newestVersion(session: Session, noun: "item" | "location", id: string): Promise<number> {
  const query = { consistency: "strong" };
  const answer =
    noun === "item"
      ? await session.send("read", "getItem", { path: { sku: id }, query })
      : await session.send("read", "getLocation", { path: { id }, query });
  return answer.kind === "done" ? answer.value.version : 0;
}

/**
 * Returns why an unexpected crossing has no cause. The ledger decides for the run's own levels; another level
 * needs a low-stock policy.
 */
export async function whyNoCrossing(
  session: Session,
  level: Pick<Watch, "sku" | "location">,
): Promise<string | undefined> {
  const isOwn = session.journal.watched().some(({ sku, location }) => sku === level.sku && location === level.location);
  if (isOwn) return "the ledger shows no such crossing";
  return (await readPolicy(session, level)).lowStock === undefined ? "no policy watches the level" : undefined;
}
