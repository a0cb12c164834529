import type { Client } from "pg";
import { z } from "zod";
import type { Clock } from "../inventory/ports.ts";
import type { Log } from "../runtime/observability/log.ts";
import type { Meter } from "../runtime/observability/meter.ts";
import { countOpenGaps } from "./gaps.ts";
import { type MigrationReport, migrate } from "./migrate.ts";
import type { MigrationFile } from "./migration-file.ts";
import { makePartitions, type PartitionReport } from "./partitions.ts";

/** Others' fields are let through: whoever invokes by Terraform may have the life cycle added to the input. */
const MigratorEvent = z.object({ action: z.enum(["migrate", "partitions"]) });

export interface MigratorPorts {
  /** A connected session of its own, straight to the database, as a user who may become owner. */
  readonly connect: () => Promise<Client>;
  readonly readMigrations: () => Promise<readonly MigrationFile[]>;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
}

export type MigratorReport = Partial<MigrationReport> & PartitionReport;

/** `migrate` brings the schema up to these files; both actions make the ledger's partitions for the months
 * ahead and count the gaps that stayed open. */
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

/** Partitions are made months ahead, so a movement without one tells of a clock, or of a schedule that does not run. */
function reportStrays({ log, meter }: MigratorPorts, { made }: PartitionReport): void {
  const strays = made.filter(({ movedCount }) => movedCount > 0);
  if (strays.length === 0) return;
  meter.count(
    "MovementsWithoutPartition",
    strays.reduce((sum, { movedCount }) => sum + movedCount, 0),
  );
  log.warn("movements had no partition and were moved into theirs", { strays });
}

/** Told as a zero too, so that an alarm knows a ledger without gaps from a check that does not run. */
function reportGaps({ log, meter }: MigratorPorts, levelCount: number): void {
  meter.count("LevelsWithGaps", levelCount);
  if (levelCount > 0) log.warn("the ledger lacks versions that did not come by themselves", { levelCount });
}
