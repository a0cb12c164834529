import { z } from "zod";
import type { LocationId, Sku } from "../../../contract/identifiers.ts";
import { Level } from "../../../contract/level.ts";
import type { LevelPlace } from "../../inventory/index.ts";
import { expireScript, readItemScript, readScript, writeScript } from "./level-scripts.ts";
import { CacheUnavailable, type Redis } from "./redis.ts";

/** How long a cached level is served after an instant at which it was current. Decision 0005 explains this time. */
export const freshMsMax = 1_500;
/** How long a cached level is kept. This is longer than it is served, because its version blocks older ones. */
const keptMs = 600_000;
/** How long other readers wait for the one that reads the table. */
export const lockMs = 250;

/** The key of an item's levels. They are one hash, so that one script reads or writes them together. */
export const itemHashKey = (sku: Sku): string => `stock:${sku}`;

/**
 * The result of a cache read. `fresh`: the copy can be served. `read`: there is none, and the caller has to read the
 * table. `wait`: there is none, and another caller is reading the table.
 */
export type CacheRead<Copy> =
  | { readonly kind: "fresh"; readonly copy: Copy; readonly knownAtMs: number }
  | { readonly kind: "wait" | "read" };

export interface LevelWrite {
  readonly sku: Sku;
  readonly levels: readonly Level[];
  /** An instant at which the table contained exactly these levels. */
  readonly knownAtMs: number;
  /** Whether these are all levels of the item. @default false */
  readonly whole?: boolean;
}

/** Cached levels in Redis. Every operation throws `CacheUnavailable` when Redis does not respond. */
export interface LevelCache {
  read(place: LevelPlace, minVersion: number): Promise<CacheRead<Level>>;
  readItem(sku: Sku): Promise<CacheRead<readonly Level[]>>;
  /** Writes levels in any order: a lower version never replaces a higher one. */
  write(write: LevelWrite): Promise<void>;
  /** Stops serving levels that were read before now, because they have just changed. */
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
 * @param writer - the connection for writes, with longer time-outs. When a write fails, other instances that can reach
 * Redis serve the old level until it expires. @default `redis`
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

/** Parses a reply. Another version of this code may have cached another shape; then callers read the table. */
function parsed<Schema extends z.ZodType>(schema: Schema, reply: unknown): z.output<Schema> {
  const result = schema.safeParse(reply);
  if (result.success) return result.data;
  throw new CacheUnavailable("a cached value in Redis is not a level", { cause: result.error });
}
