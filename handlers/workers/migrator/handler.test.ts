import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { connectedClient, migratedDatabase, migrationsFolder } from "../../../test/database.ts";
import { createLog } from "../../runtime/index.ts";
import { createMigrator } from "./handler.ts";
import { readMigrationFiles } from "./migration-file.ts";

async function setup(now: string) {
  const url = await migratedDatabase();
  const migrator = createMigrator({
    connect: async () => {
      const client = new Client(url);
      await client.connect();
      return client;
    },
    readMigrations: () => readMigrationFiles(migrationsFolder),
    clock: () => Date.parse(now),
    log: createLog({ ENVIRONMENT: "test", LOG_LEVEL: "ERROR", POWERTOOLS_SERVICE_NAME: "migrator" }),
  });
  return { migrator, client: await connectedClient(url) };
}

const made = (...months: string[]) => months.map((month) => ({ name: `movement_${month}`, movedCount: 0 }));

describe("createMigrator", () => {
  it("reports what it migrated, and makes the partitions of the clock's month and the next three", async () => {
    const { migrator } = await setup("2031-11-30T23:59:59.999Z");
    const { length } = await readMigrationFiles(migrationsFolder);
    expect(await migrator({ action: "migrate", tf: { action: "create" } })).toEqual({
      applied: [],
      appliedBefore: length,
      made: made("2031_11", "2031_12", "2032_01", "2032_02"),
    });
  });

  it("makes only the month that is missing when the schedule runs", async () => {
    const { migrator, client } = await setup("2031-12-01T00:00:00.000Z");
    await client.query("SELECT audit.make_movement_partitions('2031-11-30')");
    expect(await migrator({ action: "partitions" })).toEqual({ made: made("2032_03") });
    expect(await migrator({ action: "partitions" })).toEqual({ made: [] });
  });

  it("refuses an action that it does not know", async () => {
    const { migrator } = await setup("2031-12-01T00:00:00.000Z");
    await expect(migrator({ action: "rollback" })).rejects.toThrow();
  });
});
