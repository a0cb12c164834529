import { type ClientBase, DatabaseError } from "pg";
import type { MigrationFile } from "./migration-file.ts";

/** The names of the files applied now, and how many had been applied before. */
export interface MigrationReport {
  readonly applied: readonly string[];
  readonly appliedBefore: number;
}

const lockWait = "60s";
/** Shorter than the function's time-out, so that the database gives up first and reports where. */
const statementTimeout = "4min";
/** Waiting locks form a queue: a waiting change would block all others behind it, so it gives up instead. */
const lockTimeout = "10s";

/**
 * Applies the files that the database does not have, each in its own transaction. An advisory lock lets one migrator
 * run at a time. It needs a direct session, because an advisory lock does not work through a proxy.
 */
export async function migrate(client: ClientBase, files: readonly MigrationFile[]): Promise<MigrationReport> {
  await client.query("SELECT set_config('lock_timeout', $1, false)", [lockWait]);
  await client.query("SELECT pg_advisory_lock(hashtext('migrate'))");
  try {
    const before = await readApplied(client);
    const pending = pendingFiles(files, before);
    for (const file of pending) await apply(client, file);
    return { applied: pending.map(({ name }) => name), appliedBefore: before.length };
  } finally {
    await client.query("SELECT pg_advisory_unlock(hashtext('migrate'))");
  }
}

interface Applied {
  readonly name: string;
  readonly checksum: string;
}

async function readApplied(client: ClientBase): Promise<readonly Applied[]> {
  // The first file creates the table in which it is recorded.
  const found = await client.query<{ there: boolean }>("SELECT to_regclass('ops.migration') IS NOT NULL AS there");
  if (!found.rows[0]?.there) return [];
  const { rows } = await client.query<Applied>("SELECT name, checksum FROM ops.migration ORDER BY name");
  return rows;
}

/**
 * Returns the files to apply. Applied files must be a prefix of `files`, but a newer database may have more of them.
 */
function pendingFiles(files: readonly MigrationFile[], applied: readonly Applied[]): readonly MigrationFile[] {
  files.forEach((file, index) => {
    const recorded = applied[index];
    if (recorded === undefined) return;
    if (recorded.name !== file.name) {
      throw new Error(
        `The database has applied ${recorded.name} where these files have ${file.name}: ` +
          "add migrations at the end, and never rename or remove one",
      );
    }
    if (recorded.checksum !== file.checksum) {
      throw new Error(
        `Migration ${file.name} was changed after it was applied (recorded ${recorded.checksum.slice(0, 12)}, ` +
          `file ${file.checksum.slice(0, 12)}): restore it, and put the change into a new migration`,
      );
    }
  });
  return files.slice(applied.length);
}

async function apply(client: ClientBase, file: MigrationFile): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query("SELECT set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true)", [
      lockTimeout,
      statementTimeout,
    ]);
    await client.query(file.sql);
    await client.query("INSERT INTO ops.migration (name, checksum) VALUES ($1, $2)", [file.name, file.checksum]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw new Error(`Migration ${file.name} failed${lineOf(file, error)}: ${messageOf(error)}; nothing of it stays`, {
      cause: error,
    });
  }
}

function lineOf(file: MigrationFile, error: unknown): string {
  if (!(error instanceof DatabaseError) || error.position === undefined) return "";
  return ` at line ${file.sql.slice(0, Number(error.position)).split("\n").length}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
