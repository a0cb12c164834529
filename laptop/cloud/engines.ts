import { join } from "node:path";
import { z } from "zod";
import {
  type Engine,
  startDynamoDb,
  startKinesis,
  startPostgres,
  startQueuesAndBuckets,
  startRedis,
} from "../engines/index.ts";
import { databaseHost, type EngineName } from "../resources/index.ts";
import type { State } from "../terraform/index.ts";

export type Stop = () => Promise<void>;

export interface EngineStartOptions {
  readonly folder: string;
  readonly storage: "disk" | "memory";
  readonly ports?: Partial<Readonly<Record<EngineName | "postgres", number>>>;
  readonly log: (line: string) => void;
  readonly onProgress?: (step: string) => void;
}

const launchers = {
  dynamodb: startDynamoDb,
  kinesis: startKinesis,
  queuesAndBuckets: startQueuesAndBuckets,
  redis: startRedis,
} as const;
const titles: Readonly<Record<EngineName, string>> = {
  dynamodb: "DynamoDB",
  kinesis: "Kinesis",
  queuesAndBuckets: "SQS and S3",
  redis: "Redis",
};

/** Starts the engines at the same time. When one fails, `stops` ends the others. */
export async function startEngines(
  wanted: ReadonlySet<EngineName>,
  { folder, storage, ports, log, onProgress }: EngineStartOptions,
  stops: Stop[],
): Promise<Partial<Record<EngineName, string>>> {
  if (wanted.size > 0) onProgress?.(`engines: ${[...wanted].map((name) => titles[name]).join(", ")}`);
  const started = await Promise.allSettled(
    [...wanted].map(async (name): Promise<readonly [EngineName, string]> => {
      const port = ports?.[name];
      const engine = await launchers[name]({
        folder: join(folder, "engines", kebab(name)),
        storage,
        log: onProgress ?? log, // Slow work, such as installing Java, is shown as a step.
        ...(port === undefined ? {} : { port }),
      });
      stops.push(() => engine.stop());
      return [name, engine.endpoint];
    }),
  );
  return Object.fromEntries(
    started.map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    }),
  );
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const DatabaseServer = z.object({ superuser: z.string(), database: z.string() });
type DatabaseServer = z.infer<typeof DatabaseServer>;

/** Manages the PostgreSQL server, which all clusters and instances share. */
export function postgresServer(options: EngineStartOptions, state: State, stops: Stop[]) {
  let running: Promise<Engine> | undefined;
  const launch = (server: DatabaseServer): Promise<Engine> => {
    const starting = launchPostgres(options, server);
    // A caller that awaits it gets the error. Before that, an unhandled rejection must not end the process.
    starting.catch(() => undefined);
    stops.push(async () => (await starting.catch(() => undefined))?.stop());
    return starting;
  };
  const known = () => state.get("postgres", DatabaseServer);
  return {
    /** Starts the server together with the engines, if the state has it from an earlier start. */
    startKnown: () => {
      const server = known();
      if (server !== undefined) running = launch(server);
    },
    onDemand: async (server: DatabaseServer) => {
      const { superuser } = known() ?? server;
      if (superuser !== server.superuser) {
        throw new Error(
          `the laptop's one database server was made for the user ${superuser}, not ${server.superuser}; reset the laptop's state to change it`,
        );
      }
      state.set("postgres", known() ?? server);
      running ??= launch(server);
      return { host: databaseHost, port: Number(new URL((await running).endpoint).port) };
    },
  };
}

function launchPostgres(options: EngineStartOptions, server: DatabaseServer): Promise<Engine> {
  options.onProgress?.("PostgreSQL");
  const { storage, log, ports } = options;
  const folder = join(options.folder, "engines", "postgres");
  const port = ports?.postgres === undefined ? {} : { port: ports.postgres };
  return startPostgres({ ...server, folder, storage, log, ...port });
}
