import { mkdtempSync, readdirSync, renameSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import {
  type Engine,
  type EngineOptions,
  endEngines,
  identify,
  removeEngineFolder,
  startDynamoDb,
  startKinesis,
  startPostgres,
  startQueuesAndBuckets,
  startRedis,
} from "../engines/index.ts";

const folderPrefix = "engines-of-tests-";

const engineStarts = {
  dynamodb: startDynamoDb,
  kinesis: startKinesis,
  postgres: (options) => startPostgres({ ...options, superuser: "master", database: "tests" }),
  "queues-and-buckets": startQueuesAndBuckets,
  redis: startRedis,
} satisfies Record<string, (options: EngineOptions) => Promise<Engine>>;

export type SharedEngineName = keyof typeof engineStarts;

declare module "vitest" {
  export interface ProvidedContext {
    /** URL of a server. `GET /<engine name>` returns the engine's address; the first request starts the engine. */
    engines: string;
  }
}

/**
 * Shares engines among all tests of a run. An engine starts when the first test requests it, so pure tests start none.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeFoldersOfKilledRuns();
  const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  const started = new Map<SharedEngineName, Promise<Engine>>();
  const start = (name: SharedEngineName): Promise<Engine> => {
    const engine =
      started.get(name) ?? engineStarts[name]({ folder: join(folder, name), storage: "memory", log: console.log });
    started.set(name, engine);
    return engine;
  };

  const server = createServer((request, response) => {
    const name = request.url?.slice(1) ?? "";
    if (!isEngineName(name)) return response.writeHead(404).end(`no engine is named "${name}"`);
    return start(name).then(
      (engine) => response.end(engine.endpoint),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project.provide("engines", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);

  return async () => {
    server.close();
    server.closeAllConnections();
    const engines = await Promise.allSettled(started.values());
    await Promise.all(engines.map((engine) => (engine.status === "fulfilled" ? engine.value.stop() : undefined)));
    removeEngineFolder(folder);
  };
}

async function removeFoldersOfKilledRuns(): Promise<void> {
  const names = readdirSync(tmpdir()).filter((name) => name.startsWith(folderPrefix));
  for (const name of names) {
    if (identify(Number(name.slice(folderPrefix.length).split("-")[0])) !== undefined) continue;
    const mine = join(tmpdir(), `${folderPrefix}${process.pid}-${name}`);
    try {
      renameSync(join(tmpdir(), name), mine);
    } catch {
      continue; // Another run has already taken the folder.
    }
    await endEngines(mine);
    removeEngineFolder(mine);
  }
}

function isEngineName(name: string): name is SharedEngineName {
  return Object.hasOwn(engineStarts, name);
}
