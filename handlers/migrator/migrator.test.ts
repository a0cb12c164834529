import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { connectedClient, migratedDatabase, migrationsFolder } from "../../test/support/database.ts";
import { startEtl } from "../../test/support/etl.ts";
import { recordingLog } from "../../test/support/gateway-event.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { levelImage, streamRecord } from "../../test/support/stream-records.ts";
import { readMigrationFiles } from "./migration-file.ts";
import { createMigrator } from "./migrator.ts";

async function setup(now: string) {
  const url = await migratedDatabase();
  const [log, meter] = [recordingLog(), recordingMeter()];
  const migrator = createMigrator({
    connect: async () => {
      const client = new Client(url);
      await client.connect();
      return client;
    },
    readMigrations: () => readMigrationFiles(migrationsFolder),
    clock: () => Date.parse(now),
    log,
    meter,
  });
  return { url, migrator, client: await connectedClient(url), meter, log };
}

const made = (...months: string[]) => months.map((month) => ({ name: `movement_${month}`, movedCount: 0 }));

describe("createMigrator", () => {
  it("reports the migrations, and makes the partitions of the current month and the next three", async () => {
    const { migrator } = await setup("2031-11-30T23:59:59.999Z");
    const { length } = await readMigrationFiles(migrationsFolder);
    expect(await migrator({ action: "migrate", tf: { action: "create" } })).toEqual({
      applied: [],
      appliedBefore: length,
      made: made("2031_11", "2031_12", "2032_01", "2032_02"),
    });
  });

  it("makes only the missing month when the schedule runs", async () => {
    const { migrator, client } = await setup("2031-12-01T00:00:00.000Z");
    await client.query("SELECT audit.make_movement_partitions('2031-11-30')");
    expect(await migrator({ action: "partitions" })).toEqual({ made: made("2032_03") });
    expect(await migrator({ action: "partitions" })).toEqual({ made: [] });
  });

  it("counts the movements that had no partition", async () => {
    const { url, migrator, meter, log } = await setup("2026-11-24T03:00:00.000Z");
    const etl = await startEtl(url);
    await etl.deliver([streamRecord({ newImage: levelImage({ sku: "A", at: "2010-12-01T08:26:00.000Z" }) })]);
    const { made } = await migrator({ action: "partitions" });
    expect(made).toContainEqual({ name: "movement_2010_12", movedCount: 1 });
    expect(meter.counts).toEqual({ MovementsWithoutPartition: 1, LevelsWithGaps: 0 });
    expect(log.lines.map(({ level }) => level)).toEqual(["warn", "info"]);
  });

  it("counts the levels with missing versions that had time to arrive", async () => {
    const { url, migrator, client, meter } = await setup("2026-11-24T03:00:00.000Z");
    const etl = await startEtl(url);
    await etl.deliver([streamRecord({ newImage: levelImage({ sku: "A", version: 3 }) })]);
    await migrator({ action: "partitions" });
    expect(meter.counts).toEqual({ LevelsWithGaps: 0 });
    await client.query("UPDATE ops.gap SET detected_at = now() - interval '11 minutes'");
    await migrator({ action: "partitions" });
    expect(meter.counts).toEqual({ LevelsWithGaps: 1 });
  });

  it("refuses an action that it does not know", async () => {
    const { migrator } = await setup("2031-12-01T00:00:00.000Z");
    await expect(migrator({ action: "rollback" })).rejects.toThrow();
  });
});
