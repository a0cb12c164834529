import { z } from "zod";
import type { LocationId, Sku } from "../../../contract/identifiers.ts";
import { Level } from "../../../contract/level.ts";
import type { LevelPlace } from "../../inventory/index.ts";
import { expireScript, readItemScript, readScript, writeScript } from "./level-scripts.ts";
import { CacheUnavailable, type Redis } from "./redis.ts";

/** How long after an instant at which a copy was known to be the table's it is served. Decision 0005 says why so long. */
export const freshMsMax = 1_500;
/** A copy stays longer than it is served: its version is what keeps an older one out. */
const keptMs = 600_000;
/** So long one reader of the table is waited for by the others. */
export const lockMs = 250;

/** Copies of an item's levels are one hash, so that one script reads or moves them together. */
export const itemHashKey = (sku: Sku): string => `stock:${sku}`;

/** `fresh`: may be served. `read`: none, and the asker shall read the table. `wait`: none, and somebody reads it now. */
export type CacheRead<Copy> =
  | { readonly kind: "fresh"; readonly copy: Copy; readonly knownAtMs: number }
  | { readonly kind: "wait" | "read" };

export interface LevelWrite {
  readonly sku: Sku;
  readonly levels: readonly Level[];
  /** An instant at which the table is known to have held just these. */
  readonly knownAtMs: number;
  /** These are all levels of the item. @default false */
  readonly whole?: boolean;
}

/** Copies of levels in Redis. Every operation throws `CacheUnavailable` when Redis does not answer. */
export interface LevelCache {
  read(place: LevelPlace, minVersion: number): Promise<CacheRead<Level>>;
  readItem(sku: Sku): Promise<CacheRead<readonly Level[]>>;
  /** A copy with a higher version stays as it is, whatever comes in whatever order. */
  write(write: LevelWrite): Promise<void>;
  /** The levels have just changed: copies of what was read before now are not served. */
  expire(sku: Sku, locations: readonly LocationId[]): Promise<void>;
}

const Instant = z.coerce.number();
const None = z.tuple([z.enum(["wait", "read"])]).transform(([kind]) => ({ kind }));
const Copy = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(Level);
const LevelReply = z.union([
  None,
  z.tuple([z.literal("fresh"), Instant, Copy]).transform(([kind, knownAtMs, copy]) => ({ kind, knownAtMs, copy })),
]);
const ItemReply = z.union([
  None,
  z.tuple([z.literal("fresh"), Instant], Copy).transform(([kind, knownAtMs, ...copy]) => ({ kind, knownAtMs, copy })),
]);

/**
 * @param writer - what is written is worth a longer wait than what is read: a copy that is not moved on goes on being
 * served until its time is over, by instances that reach Redis better than this one. @default the same
 */
export function createLevelCache(redis: Redis, writer: Redis = redis): LevelCache {
  return {
    async read({ sku, location }, minVersion) {
      const args = [location, minVersion, lockMs, freshMsMax, keptMs];
      return parsed(LevelReply, await redis.run(readScript, itemHashKey(sku), args));
    },
    async readItem(sku) {
      const reply = parsed(ItemReply, await redis.run(readItemScript, itemHashKey(sku), [lockMs, freshMsMax, keptMs]));
      if (reply.kind !== "fresh") return reply;
      return { ...reply, copy: reply.copy.toSorted((left, right) => (left.location < right.location ? -1 : 1)) };
    },
    async write({ sku, levels, knownAtMs, whole = false }) {
      const copies = levels.flatMap((level) => [level.location, level.version, JSON.stringify(level)]);
      const args = [knownAtMs, freshMsMax, keptMs, whole ? 1 : 0, ...copies];
      await writer.run(writeScript, itemHashKey(sku), args);
    },
    async expire(sku, locations) {
      await writer.run(expireScript, itemHashKey(sku), [keptMs, ...locations]);
    },
  };
}

/** A copy of another shape was written by another version of this code: the table knows better. */
function parsed<Schema extends z.ZodType>(schema: Schema, reply: unknown): z.output<Schema> {
  const result = schema.safeParse(reply);
  if (result.success) return result.data;
  throw new CacheUnavailable("a copy in Redis is not a level", { cause: result.error });
}
