import { Kysely, PostgresDialect } from "kysely";
import { Pool } from "pg";
import { writeBatch } from "../../handlers/etl/write-batch.ts";
import type { LevelRecord } from "../../handlers/inventory/index.ts";
import { connectionConfig, type Database } from "../../handlers/runtime/database/database.ts";
import type { DB } from "../../sql/database.generated.ts";
import { addressOf, urlAs } from "../support/database.ts";
import { seededRandom } from "../support/seeded.ts";
import { levelImage, streamRecord } from "../support/stream-records.ts";

const dayMs = 86_400_000;
const skus = ["LAMP-OAK", "MUG-BLUE", "SCARF-WOOL", "TEAPOT-IRON", "VASE-CLAY", "CUSHION-LINEN"];
const locations = ["LEEDS", "YORK"];
const recordsABatch = 1_000;

/** Writes days of sales to SQL as the ETL does, because the API accepts no change in the past. */
export async function writeSalesHistory(postgresUrl: string, dayCount: number): Promise<void> {
  const random = seededRandom(7);
  const entries = skus.flatMap((sku) =>
    locations.flatMap((location) => historyOf({ sku, location, dayCount, random })),
  );
  const pool = new Pool({
    ...connectionConfig(addressOf(postgresUrl)),
    user: new URL(urlAs(postgresUrl, "etl")).username,
  });
  const database: Database = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  try {
    for (let start = 0; start < entries.length; start += recordsABatch) {
      await writeBatch(database, entries.slice(start, start + recordsABatch));
    }
  } finally {
    await database.destroy();
  }
}

interface LevelHistory {
  readonly sku: string;
  readonly location: string;
  readonly dayCount: number;
  readonly random: () => number;
}

/**
 * Returns the changes of one level: a delivery every tenth day, more sales at weekends, and some returns. Some levels
 * run out of stock before the next delivery.
 */
function historyOf({ sku, location, dayCount, random }: LevelHistory) {
  const level = { onHand: 0, reserved: 0, version: 0 };
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  const popularity = 1 + random() * 5;
  const entries: ReturnType<typeof entryOf>[] = [];
  const change = (atMs: number, kind: string, deltas: { onHand?: number; reserved?: number }) => {
    level.onHand += deltas.onHand ?? 0;
    level.reserved += deltas.reserved ?? 0;
    level.version += 1;
    entries.push(entryOf({ sku, location, kind, deltas, at: new Date(atMs).toISOString(), ...level }));
  };
  for (let day = 0; day < dayCount; day += 1) {
    const dayAt = today - (dayCount - day) * dayMs;
    const isWeekend = [0, 6].includes(new Date(dayAt).getUTCDay());
    if (day % 10 === 0) change(dayAt + 7 * 3_600_000, "receive", { onHand: 20 + Math.floor(random() * 30) });
    const wanted = Math.floor(random() * popularity * (isWeekend ? 2 : 1));
    const sold = Math.min(wanted, level.onHand);
    if (sold > 0) {
      change(dayAt + 10 * 3_600_000, "reserve", { reserved: sold });
      change(dayAt + 15 * 3_600_000, "fulfil", { onHand: -sold, reserved: -sold });
    }
    if (random() < 0.12) change(dayAt + 17 * 3_600_000, "return", { onHand: 1 });
  }
  return entries;
}

function entryOf(options: Parameters<typeof levelImage>[0]) {
  const newImage = levelImage(options);
  // An image is a level's record, as the table stores it.
  const change = { kind: "level", after: newImage as unknown as LevelRecord } as const;
  const record = streamRecord({ newImage }, "shardId-history");
  return {
    record: { ...record, kinesis: { ...record.kinesis, approximateArrivalTimestamp: Date.now() / 1_000 } },
    change,
  };
}
