import { createHash } from "node:crypto";
import type { LocationId, ReservationId, Sku } from "../../contract/identifiers.ts";
import type { Idempotency } from "./command.ts";

/** Where a level, reservation, item or location is in the `inventory` table. Built here, parsed nowhere. */
export type Key = { readonly pk: string; readonly sk: string };

export const itemStockPartition = (sku: Sku): string => `STOCK#${sku}`;
export const levelKey = (sku: Sku, location: LocationId): Key => ({
  pk: itemStockPartition(sku),
  sk: `AT#${location}`,
});
export const reservationKey = (id: ReservationId): Key => ({ pk: `RESERVATION#${id}`, sk: "HEAD" });
export const itemKey = (sku: Sku): Key => ({ pk: `ITEM#${sku}`, sk: "HEAD" });
export const locationKey = (id: LocationId): Key => ({ pk: `LOCATION#${id}`, sk: "HEAD" });

/** A digest, because client, subject and path are of any length and alphabet, and a key takes 2,048 bytes. */
export function requestKey({ client, subject, method, path, key }: Idempotency): { readonly pk: string } {
  const parts = JSON.stringify([client, subject, method, path, key]);
  return { pk: `REQUEST#${createHash("sha256").update(parts).digest("hex")}` };
}

/** Shards spread the writes of one minute, or of one type, over partitions of an index. */
export const indexShards = 16;

function shardOf(id: string): string {
  const [firstByte = 0] = createHash("sha256").update(id).digest();
  return shardName(firstByte % indexShards);
}

const shardName = (shard: number): string => String(shard).padStart(2, "0");

/** `byOwner`: the reservations of an owner by time of creation. */
export const ownerIndex = (owner: string, createdAt: string, id: ReservationId) => ({
  owner,
  ownerOrder: `${createdAt}#${id}`,
});

/** `byDeadline`: what expires in a minute; the attributes are there only while a deadline runs. */
export const deadlineIndex = (id: ReservationId, deadline: string) => ({
  deadlineShard: `${Math.floor(Date.parse(deadline) / 60_000)}#${shardOf(id)}`,
  deadlineOrder: `${deadline}#${id}`,
});

export const deadlineShardOf = (epochMinute: number, shard: number): string => `${epochMinute}#${shardName(shard)}`;

/** Greater than every `deadlineOrder` of that instant, whatever its id. */
export const deadlineOrderEnd = (instant: string): string => `${instant}#\uffff`;

/** `byType`: all items, or all locations. */
export const listIndex = (type: "item" | "location", id: Sku | LocationId) => ({
  listShard: `${type}#${shardOf(id)}`,
  listOrder: id as string,
});

export const listShardOf = (type: "item" | "location", shard: number): string => `${type}#${shardName(shard)}`;
