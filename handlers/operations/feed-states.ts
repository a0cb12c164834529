import { sql } from "kysely";
import { FeedState, type GapState } from "../../contract/operations.ts";
import type { Database } from "../runtime/database/database.ts";
import type { Log } from "../runtime/index.ts";

export interface FeedPorts {
  readonly database: Database;
  readonly log: Log;
}

/** Reads the state of the feeds into SQL and the open gaps in the ledger; null while the database does not answer. */
export async function readFeeds({ database, log }: FeedPorts): Promise<{
  readonly feeds: FeedState[] | null;
  readonly gaps: GapState | null;
}> {
  try {
    const [feeds, gaps] = await Promise.all([
      database.selectFrom("reporting.feed").selectAll().orderBy("name").execute(),
      database
        .selectFrom("reporting.open_gap")
        .select((eb) => [eb.fn.countAll<number>().as("open"), sql<Date | null>`min(detected_at)`.as("oldest_at")])
        .executeTakeFirstOrThrow(),
    ]);
    return {
      feeds: feeds.map((feed) =>
        FeedState.parse({
          name: feed.name,
          lagSeconds: feed.lag_seconds,
          asOf: feed.as_of?.toISOString() ?? null,
          movedAt: feed.moved_at?.toISOString(),
        }),
      ),
      gaps: { open: gaps.open, oldestAt: gaps.oldest_at?.toISOString() ?? null },
    };
  } catch (error) {
    log.warn("could not read feeds and gaps from the database", { reason: String(error) });
    return { feeds: null, gaps: null };
  }
}
