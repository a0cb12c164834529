import type { Client } from "pg";
import { z } from "zod";
import type { Clock } from "../inventory/ports.ts";
import type { Log } from "../runtime/observability/log.ts";
import type { Meter } from "../runtime/observability/meter.ts";
import { countOpenGaps } from "./gaps.ts";
import { type MigrationReport, migrate } from "./migrate.ts";
import type { MigrationFile } from "./migration-file.ts";
import { makePartitions, type PartitionReport } from "./partitions.ts";

/** The input. Other fields are allowed: Terraform may add the life cycle to the input of an invocation. */
const MigratorEvent = z.object({ action: z.enum(["migrate", "partitions"]) });

export interface MigratorPorts {
  /** Opens a direct session to the database, as a user that may become owner. */
  readonly connect: () => Promise<Client>;
  readonly readMigrations: () => Promise<readonly MigrationFile[]>;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
}

export type MigratorReport = Partial<MigrationReport> & PartitionReport;

/**
 * Creates the migrator. The action `migrate` applies the missing migrations. Both actions also make the ledger's
 * partitions for the coming months and count the open gaps.
 */
export function createMigrator(ports: MigratorPorts): (event: unknown) => Promise<MigratorReport> {
  return async (event) => {
    const { action } = MigratorEvent.parse(event);
    const files = action === "migrate" ? await ports.readMigrations() : [];
    const client = await ports.connect();
    try {
      const migrated = action === "migrate" ? await migrate(client, files) : {};
      const partitions = await makePartitions(client, new Date(ports.clock()).toISOString().slice(0, 10));
      reportStrays(ports, partitions);
      reportGaps(ports, await countOpenGaps(client));
      const report = { ...migrated, ...partitions };
      ports.log.info("database is up to date", { action, ...report });
      return report;
    } finally {
      await client.end();
    }
  };
}

/** Reports movements without a partition. They show a wrong clock or a schedule that does not run. */
function reportStrays({ log, meter }: MigratorPorts, { made }: PartitionReport): void {
  const strays = made.filter(({ movedCount }) => movedCount > 0);
  if (strays.length === 0) return;
  meter.count(
    "MovementsWithoutPartition",
    strays.reduce((sum, { movedCount }) => sum + movedCount, 0),
  );
  log.warn("movements had no partition and were moved into theirs", { strays });
}

/** Reports open gaps, also when there are none, so that an alarm can tell that the check ran. */
function reportGaps({ log, meter }: MigratorPorts, levelCount: number): void {
  meter.count("LevelsWithGaps", levelCount);
  if (levelCount > 0) log.warn("the ledger lacks versions that have not arrived", { levelCount });
}
