import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The facts that the services need after a restart: one SQLite file, or only memory. */
export interface ServiceState {
  /** A value by scope and key. */
  get(scope: string, key: string): string | undefined;
  set(scope: string, key: string, value: string): void;
  close(): void;
}

/**
 * With WAL and `synchronous = normal`, data survives the end of the process, SIGKILL included. A write takes some 20
 * µs.
 */
export const openServiceState = (options: { folder: string; storage: "disk" | "memory" }): ServiceState => {
  if (options.storage === "disk") mkdirSync(options.folder, { recursive: true });
  const path = options.storage === "disk" ? join(options.folder, "services.sqlite") : ":memory:";
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;");
  database.exec(
    "CREATE TABLE IF NOT EXISTS state (scope TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (scope, key)) STRICT, WITHOUT ROWID",
  );
  const get = database.prepare("SELECT value FROM state WHERE scope = ? AND key = ?");
  const set = database.prepare(
    "INSERT INTO state (scope, key, value) VALUES (?, ?, ?) ON CONFLICT (scope, key) DO UPDATE SET value = excluded.value",
  );
  return {
    get: (scope, key) => {
      const row = get.get(scope, key);
      return typeof row?.value === "string" ? row.value : undefined;
    },
    set: (scope, key, value) => {
      set.run(scope, key, value);
    },
    close: () => database.close(),
  };
};
