import { mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { expect, it } from "vitest";
import { postgresUrl } from "../testing/index.ts";
import { describeEngine } from "./engine.conformance.ts";
import { removeEngineFolder } from "./engine-folders.ts";
import { startPostgres } from "./postgres.ts";

const identity = { superuser: "owner", database: "kept-here" };

describeEngine("startPostgres", {
  start: (options) => startPostgres({ ...options, ...identity }),
  write: async (endpoint) => {
    await query(endpoint, "CREATE TABLE kept AS SELECT 1 AS n");
  },
  read: (endpoint) => query(endpoint, "SELECT n, current_user, current_database() FROM kept"),
  expected: [{ n: 1, current_user: identity.superuser, current_database: identity.database }],
});

it("is shared by the tests of a run, with pg_trgm", async () => {
  expect(
    await query(await postgresUrl(), "CREATE EXTENSION IF NOT EXISTS pg_trgm; SELECT similarity('a', 'a')"),
  ).toEqual([{ similarity: 1 }]);
});

it("starts when another process has the pid in its lock file (machine restarted)", async () => {
  const parent = mkdtempSync(join(tmpdir(), "engine-"));
  const start = (name: string) => startPostgres({ folder: join(parent, name), storage: "disk", ...identity });
  const [stranger, first] = await Promise.all([start("stranger"), start("restarted")]);
  await first.stop();
  const pid = stranger.pids[0];
  writeFileSync(
    join(parent, "restarted", "process.json"),
    JSON.stringify({ pid, startedAt: "1", stopSignal: "SIGINT" }),
  );
  writeFileSync(join(realpathSync(join(parent, "restarted", "data")), "postmaster.pid"), `${pid}\n`);
  const second = await start("restarted");
  expect(await query(second.endpoint, "SELECT 1 AS n")).toEqual([{ n: 1 }]);
  expect(await query(stranger.endpoint, "SELECT 1 AS n")).toEqual([{ n: 1 }]);
  await Promise.all([stranger.stop(), second.stop()]);
  removeEngineFolder(parent);
});

it("keeps its data where its user can read it, and removes the data with the folder (folder of mode 0700)", async () => {
  const parent = mkdtempSync(join(tmpdir(), "engine-"));
  expect(statSync(parent).mode & 0o777).toBe(0o700);
  const folder = join(parent, "postgres");
  const engine = await startPostgres({ folder, storage: "disk", ...identity });
  const data = realpathSync(join(folder, "data"));
  await engine.stop();
  removeEngineFolder(parent);
  expect(statSync(data, { throwIfNoEntry: false })).toBeUndefined();
  rmSync(parent, { recursive: true, force: true });
});

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const results = [await client.query(sql)].flat();
    return results.at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}
