import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { z } from "zod";
import { Level } from "../../../contract/level.ts";
import { quantityNames, recordOf } from "../../../contract/quantity.ts";
import type { System } from "../system/endpoints.ts";
import { type LevelState, levelName } from "./levels.ts";

const keyStem = "stock:";
const Entry = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(Level);
const pollMs = 500;
/** The cache refresher follows within a second. After this time without progress it is considered stopped. */
const silenceMsMax = 30_000;

/** Reads the copies of levels in the cache, each with its guard version. Skips levels that never moved. */
export async function readCopies(system: Pick<System, "redis">): Promise<Map<string, LevelState>> {
  const client = new Redis(system.redis, { lazyConnect: true });
  await client.connect();
  try {
    const copies = new Map<string, LevelState>();
    for await (const keys of client.scanStream({ match: `${keyStem}*`, count: 1_000 })) {
      for (const key of keys as string[]) {
        for (const copy of copiesIn(await client.hgetall(key))) copies.set(copy.name, copy.state);
      }
    }
    return copies;
  } finally {
    client.disconnect();
  }
}

function copiesIn(entries: Readonly<Record<string, string>>): { name: string; state: LevelState }[] {
  return Object.entries(entries).flatMap(([field, version]) => {
    if (!field.startsWith("v:") || version === "0") return [];
    const level = Entry.parse(entries[`b:${field.slice(2)}`]);
    const quantities = recordOf(quantityNames, (name) => level[name]);
    return [{ name: levelName(level), state: { version: Number(version), quantities } }];
  });
}

/**
 * Returns the copies when none is behind `table`, or when they no longer change: the comparison then reports what is
 * behind.
 */
export async function settledCopies(
  system: Pick<System, "redis">,
  table: ReadonlyMap<string, LevelState>,
  signal: AbortSignal,
): Promise<Map<string, LevelState>> {
  let reached = -1;
  let movedMs = Date.now();
  for (;;) {
    const copies = await readCopies(system);
    const behind = [...copies].filter(([name, copy]) => copy.version < (table.get(name)?.version ?? 0));
    const sum = [...copies.values()].reduce((total, { version }) => total + version, 0);
    if (sum !== reached) movedMs = Date.now();
    reached = sum;
    if (behind.length === 0 || signal.aborted || Date.now() - movedMs > silenceMsMax) return copies;
    await sleep(pollMs);
  }
}
