import { createHash } from "node:crypto";
import type { LocationId, ReservationId, Sku } from "../../contract/identifiers.ts";
import type { Idempotency } from "./command.ts";

/** The key of a level, reservation, item or location in the `inventory` table. It is built here; no code parses it. */
export type Key = { readonly pk: string; readonly sk: string };

export const itemStockPartition = (sku: Sku): string => `STOCK#${sku}`;
export const levelKey = (sku: Sku, location: LocationId): Key => ({
  pk: itemStockPartition(sku),
  sk: `AT#${location}`,
});
export const reservationKey = (id: ReservationId): Key => ({ pk: `RESERVATION#${id}`, sk: "HEAD" });
export const itemKey = (sku: Sku): Key => ({ pk: `ITEM#${sku}`, sk: "HEAD" });
export const locationKey = (id: LocationId): Key => ({ pk: `LOCATION#${id}`, sk: "HEAD" });

/** Returns a digest: client, subject and path can have any length and alphabet, but a key has at most 2,048 bytes. */
export function requestKey({ client, subject, method, path, key }: Idempotency): { readonly pk: string } {
  const parts = JSON.stringify([client, subject, method, path, key]);
  return { pk: `REQUEST#${createHash("sha256").update(parts).digest("hex")}` };
}

/** The number of shards that spread the writes of one minute, or of one type, over the partitions of an index. */
export const indexShards = 16;

function shardOf(id: string): string {
  const [firstByte = 0] = createHash("sha256").update(id).digest();
  return shardName(firstByte % indexShards);
}

const shardName = (shard: number): string => String(shard).padStart(2, "0");

/** Returns the attributes of index `byOwner`: the reservations of an owner by time of creation. */
export const ownerIndex = (owner: string, createdAt: string, id: ReservationId) => ({
  owner,
  ownerOrder: `${createdAt}#${id}`,
});

/** Returns the attributes of index `byDeadline`: the reservations that expire in a minute. Decided ones have none. */
export const deadlineIndex = (id: ReservationId, deadline: string) => ({
  deadlineShard: `${Math.floor(Date.parse(deadline) / 60_000)}#${shardOf(id)}`,
  deadlineOrder: `${deadline}#${id}`,
});

export const deadlineShardOf = (epochMinute: number, shard: number): string => `${epochMinute}#${shardName(shard)}`;

/** Returns a text that is greater than every `deadlineOrder` of that instant, for any id. */
export const deadlineOrderEnd = (instant: string): string => `${instant}#\uffff`;

/** Returns the attributes of index `byType`: all items, or all locations. */
export const listIndex = (type: "item" | "location", id: Sku | LocationId) => ({
  listShard: `${type}#${shardOf(id)}`,
  listOrder: id as string,
});

export const listShardOf = (type: "item" | "location", shard: number): string => `${type}#${shardName(shard)}`;
