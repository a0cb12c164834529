import type { Sku } from "../../contract/identifiers.ts";
import {
  type Attributes,
  itemStockPartition,
  type LevelPlace,
  LevelRecord,
  levelKey,
  placeKey,
} from "../inventory/index.ts";
import type { TableReader } from "./table-reader.ts";

interface Consistency {
  readonly consistent: boolean;
}

/** Reads level records. It validates each one, because all later code trusts them. */
export interface LevelReader {
  one(place: LevelPlace, options: Consistency): Promise<LevelRecord | undefined>;
  /** Returns the records that exist, by `placeKey`. */
  many(places: readonly LevelPlace[], options: Consistency): Promise<ReadonlyMap<string, LevelRecord>>;
  /** Returns all records of an item, ordered by location. */
  ofItem(sku: Sku, options: Consistency): Promise<readonly LevelRecord[]>;
}

export function createLevelReader(reader: TableReader, table: string): LevelReader {
  return {
    async one({ sku, location }, options) {
      const item = await reader.get(table, levelKey(sku, location), options);
      return item && parseLevel(item);
    },
    async many(places, options) {
      const keys = places.map(({ sku, location }) => levelKey(sku, location));
      const records = (await reader.getMany(table, keys, options)).map(parseLevel);
      return new Map(records.map((record) => [placeKey(record), record]));
    },
    async ofItem(sku, { consistent }) {
      const items = await reader.all({
        TableName: table,
        KeyConditionExpression: "#pk = :pk",
        ExpressionAttributeNames: { "#pk": "pk" },
        ExpressionAttributeValues: { ":pk": itemStockPartition(sku) },
        ConsistentRead: consistent,
      });
      return items.map(parseLevel);
    },
  };
}

function parseLevel(item: Attributes): LevelRecord {
  const parsed = LevelRecord.safeParse(item);
  if (!parsed.success) throw new Error(`record ${item.pk} ${item.sk} is not a level: ${parsed.error.message}`);
  return parsed.data;
}
