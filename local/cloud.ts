import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { type Engine, startDynamoDb, startKinesis, startPostgres, startQueuesAndBuckets } from "./engines/index.ts";
import {
  ACCOUNT,
  applyInstance,
  createRegistry,
  DATABASE_HOST,
  type EngineName,
  enginesOf,
  type Laptop,
  refuseUnknownTypes,
} from "./resources/index.ts";
import { type Services, startServices } from "./services/index.ts";
import {
  type AppliedStack,
  applyStack,
  blocksOf,
  memoryState,
  openState,
  readOutput,
  regionOf,
  type StackOutput,
} from "./terraform/index.ts";

export interface CloudOptions {
  /** A cdktf.out folder. */
  readonly output: string;
  /** Folder of all state: data of the engines, checkpoints, what was invoked. */
  readonly folder: string;
  readonly storage: "disk" | "memory";
  /** Values of Terraform variables; stacks take those that they declare. */
  readonly variables: Readonly<Record<string, string>>;
  /** @default free ones */
  readonly ports?: Partial<Readonly<Record<PortName, number>>>;
  readonly log: (line: string) => void;
  /** Told what is being done now. */
  readonly onProgress?: (step: string) => void;
}

export type PortName = EngineName | "api" | "postgres" | "secrets" | "lambda";

/** A running stand-in for everything that the synthesized Terraform describes. */
export interface Cloud {
  /** Outputs by stack. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Addresses of what runs, by the AWS service that it stands in for. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** What a client outside of any function needs in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends all, the edge first; what was acknowledged is kept (storage "disk"). */
  stop(): Promise<void>;
}

type Stop = () => Promise<void>;

const launchers = { dynamodb: startDynamoDb, kinesis: startKinesis, queuesAndBuckets: startQueuesAndBuckets } as const;
const titles: Readonly<Record<EngineName, string>> = {
  dynamodb: "DynamoDB",
  kinesis: "Kinesis",
  queuesAndBuckets: "SQS and S3",
};
/** Nothing listens there: the address of an engine that no resource needs. */
const NOWHERE = "http://127.0.0.1:9";

/** Runs the synthesized Terraform of a CDKTF app on this machine. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const stops: Stop[] = [];
  try {
    return { ...(await start(options, stops)), stop: () => endAll(stops) };
  } catch (error) {
    await endAll(stops).catch((cause: unknown) => options.log(`while stopping: ${String(cause)}`));
    throw error;
  }
}

/** In reverse order of their start; one that fails keeps none of the others running. */
async function endAll(stops: Stop[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of stops.splice(0).toReversed()) await end().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, `could not stop: ${failures.map(String).join("; ")}`);
}

async function start(options: CloudOptions, stops: Stop[]): Promise<Omit<Cloud, "stop">> {
  const stacks = readOutput(options.output);
  const blocks = stacks.flatMap(blocksOf);
  refuseUnknownTypes(blocks);
  const region = oneRegion(stacks, options.variables);
  mkdirSync(options.folder, { recursive: true });
  const progress = options.onProgress ?? (() => undefined);

  const engines = await startEngines(enginesOf(blocks.map(({ type }) => type)), options, stops);
  const { dynamodb = NOWHERE, kinesis = NOWHERE, queuesAndBuckets = NOWHERE } = engines;
  const services = await startServices({
    region,
    accountId: ACCOUNT,
    endpoints: { dynamodb, kinesis, sqs: queuesAndBuckets, sns: queuesAndBuckets, s3: queuesAndBuckets },
    folder: join(options.folder, "services"),
    storage: options.storage,
    ports: options.ports ?? {},
    log: () => undefined, // Each function and service has a file of its own below services/logs.
  });
  const clients = connect(region, { dynamodb, kinesis, queuesAndBuckets });
  const laptop: Laptop = {
    region,
    ...clients,
    services,
    registry: createRegistry(),
    state: options.storage === "disk" ? openState(join(options.folder, "state.json")) : memoryState(),
    postgres: postgresOnDemand(options, stops),
    log: options.log,
  };
  const applied: AppliedStack[] = [];
  try {
    for (const stack of stacks) {
      progress(`stack ${stack.name}`);
      applied.push(
        await applyStack(stack, {
          variables: options.variables,
          applied,
          apply: (instance) => applyInstance(instance, laptop),
        }),
      );
    }
  } finally {
    // Last, though they started before Postgres did: functions end before the engines that they use.
    stops.push(async () => {
      await services.stop();
      for (const client of Object.values(clients)) client.destroy();
    });
  }
  return {
    outputs: Object.fromEntries(applied.map(({ name, outputs }) => [name, outputs])),
    endpoints: addresses(engines, services),
    environment: services.environment,
  };
}

function oneRegion(stacks: readonly StackOutput[], variables: Readonly<Record<string, string>>): string {
  const regions = new Set(stacks.map((stack) => regionOf(stack, variables)).filter((region) => region !== undefined));
  const [region, ...more] = regions;
  if (region === undefined) throw new Error("no stack has an AWS provider with a region; set one");
  if (more.length > 0) {
    throw new Error(`the laptop runs one region, the stacks name several: ${[...regions].join(", ")}`);
  }
  return region;
}

/** All at once; when one fails, those that started end with the cloud. */
async function startEngines(
  wanted: ReadonlySet<EngineName>,
  { folder, storage, ports, log, onProgress }: CloudOptions,
  stops: Stop[],
): Promise<Partial<Record<EngineName, string>>> {
  if (wanted.size > 0) onProgress?.(`engines: ${[...wanted].map((name) => titles[name]).join(", ")}`);
  const started = await Promise.allSettled(
    [...wanted].map(async (name): Promise<readonly [EngineName, string]> => {
      const port = ports?.[name];
      const engine = await launchers[name]({
        folder: join(folder, "engines", kebab(name)),
        storage,
        log: onProgress ?? log, // What takes long, such as installing Java, is a step of its own.
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

/** One server for all clusters and instances; each may have a database of its own on it. */
function postgresOnDemand(
  { folder, storage, ports, log, onProgress }: CloudOptions,
  stops: Stop[],
): Laptop["postgres"] {
  let first: { superuser: string; database: string; engine: Promise<Engine> } | undefined;
  return async ({ superuser, database }) => {
    if (first === undefined) {
      onProgress?.("PostgreSQL");
      const port = ports?.postgres;
      const engine = startPostgres({
        folder: join(folder, "engines", "postgres"),
        storage,
        superuser,
        database,
        log,
        ...(port === undefined ? {} : { port }),
      });
      first = { superuser, database, engine };
      const { stop } = await engine;
      stops.push(stop);
    }
    if (first.superuser !== superuser || first.database !== database) {
      throw new Error(
        `the laptop has one database server, made for ${first.superuser} and ${first.database}; ${superuser} and ${database} would need another`,
      );
    }
    return { host: DATABASE_HOST, port: Number(new URL((await first.engine).endpoint).port) };
  };
}

function connect(region: string, endpoints: Readonly<Record<EngineName, string>>) {
  const credentials = { accessKeyId: "laptop", secretAccessKey: "laptop" };
  const at = (endpoint: string) => ({ region, credentials, endpoint });
  return {
    dynamodb: new DynamoDBClient(at(endpoints.dynamodb)),
    // The stand-in for Kinesis speaks HTTP/1.1 alone.
    kinesis: new KinesisClient({ ...at(endpoints.kinesis), requestHandler: new NodeHttpHandler() }),
    sqs: new SQSClient(at(endpoints.queuesAndBuckets)),
    s3: new S3Client({ ...at(endpoints.queuesAndBuckets), forcePathStyle: true }),
  };
}

function addresses(engines: Partial<Record<EngineName, string>>, services: Services): Record<string, string> {
  const { dynamodb, kinesis, queuesAndBuckets } = engines;
  const all = {
    dynamodb,
    kinesis,
    sqs: queuesAndBuckets,
    s3: queuesAndBuckets,
    secretsmanager: services.secrets.endpoint,
    lambda: services.lambda.endpoint,
  };
  return Object.fromEntries(Object.entries(all).flatMap(([name, url]) => (url === undefined ? [] : [[name, url]])));
}
