import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import {
  type Change,
  createRegistry,
  type EngineName,
  enginesOf,
  grantsOf,
  identityOf,
  type Laptop,
  laptopAccountId,
} from "../resources/index.ts";
import { type Services, startServices } from "../services/index.ts";
import { memoryState, openState } from "../terraform/index.ts";
import { postgresServer, type Stop, startEngines } from "./engines.ts";
import { CloudStacks } from "./stacks.ts";
import { readSynthesis } from "./synthesis.ts";

export interface CloudOptions {
  /** A cdktf.out folder. */
  readonly output: string;
  /** Folder of all state: data of the engines, checkpoints, past invocations. */
  readonly folder: string;
  readonly storage: "disk" | "memory";
  /** Values of Terraform variables. Each stack takes those that it declares. */
  readonly variables: Readonly<Record<string, string>>;
  /** @default free ports */
  readonly ports?: Partial<Readonly<Record<PortName, number>>>;
  readonly log: (line: string) => void;
  /** Called at the start of each step. */
  readonly onProgress?: (step: string) => void;
}

export type PortName =
  | EngineName
  | "api"
  | "edge"
  | "websocket"
  | "postgres"
  | "secrets"
  | "lambda"
  | "events"
  | "mail";

/** A running cloud. */
export interface Cloud {
  /** Outputs by stack, from the last apply. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Addresses of the running engines and services, by AWS service. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Actions that policies allow to functions, as `<role>: <action>`: all of them, and those that were used. */
  readonly grants: { given(): readonly string[]; used(): ReadonlySet<string> };
  /**
   * Applies another cdktf.out folder, or the same one after a synthesis, while the cloud runs. It creates new
   * resources, changes changed ones, and removes those that have left the Terraform, unless they hold data. Calls run
   * one after another.
   * @throws Error when a resource cannot be applied. The resources applied before it stay, and the next apply continues
   * from there.
   */
  apply(output: string): Promise<readonly Change[]>;
  /** Stops everything, the edge first. With storage "disk", acknowledged data stays. */
  stop(): Promise<void>;
}

/** Resource types that need the PostgreSQL server. */
const databaseTypes: ReadonlySet<string> = new Set(["aws_rds_cluster", "aws_db_instance"]);
/** Address of an engine that no resource needs. Nothing listens there. */
const nowhere = "http://127.0.0.1:9";

/** Runs the synthesized Terraform of a CDKTF app on this machine. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const stops: Stop[] = [];
  try {
    return await start(options, stops);
  } catch (error) {
    await stopAll(stops).catch((cause: unknown) => options.log(`while stopping: ${String(cause)}`));
    throw error;
  }
}

/** Stops everything in reverse order of the starts. When one stop fails, the others still run. */
async function stopAll(stops: Stop[]): Promise<void> {
  const failures: unknown[] = [];
  for (const stop of stops.splice(0).toReversed()) await stop().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, `could not stop: ${failures.map(String).join("; ")}`);
}

type EngineAddresses = Partial<Record<EngineName, string>>;

async function start(options: CloudOptions, stops: Stop[]): Promise<Cloud> {
  const { variables, onProgress = () => undefined } = options;
  const synthesis = readSynthesis(options.output, variables);
  mkdirSync(options.folder, { recursive: true });
  const state = options.storage === "disk" ? openState(join(options.folder, "state.json")) : memoryState();
  const postgres = postgresServer(options, state, stops);
  if (synthesis.types.some((type) => databaseTypes.has(type))) postgres.startKnown();
  const engines = await startEngines(enginesOf(synthesis.types), options, stops);
  const { region } = synthesis;
  const registry = createRegistry();
  const services = await startCloudServices(options, { region, engines, registry });
  const clients = connect(region, engines);
  const redis = () => redisAddress(engines.redis);
  const { log } = options;
  const laptop: Laptop = { region, ...clients, services, registry, state, postgres: postgres.onDemand, redis, log };
  const runningEngines = new Set(Object.keys(engines) as EngineName[]);
  const stacks = new CloudStacks({ laptop, runningEngines, variables, onProgress });
  try {
    await stacks.apply(synthesis);
  } finally {
    // Registered last, although they start before PostgreSQL: functions must stop before the engines that they use.
    stops.push(async () => {
      await services.stop();
      for (const client of Object.values(clients)) client.destroy();
    });
  }
  return {
    get outputs() {
      return stacks.outputs;
    },
    endpoints: addresses(engines, services),
    grants: { given: () => grantsOf(registry), used: services.access.usedGrants },
    apply: (output) => stacks.applyNext(output),
    stop: async () => {
      await stacks.idle();
      await stopAll(stops);
    },
  };
}

function startCloudServices(
  options: CloudOptions,
  given: { readonly region: string; readonly engines: EngineAddresses } & Pick<Laptop, "registry">,
): Promise<Services> {
  const { region, engines, registry } = given;
  const { dynamodb = nowhere, kinesis = nowhere, queuesAndBuckets = nowhere } = engines;
  return startServices({
    region,
    accountId: laptopAccountId,
    endpoints: { dynamodb, kinesis, sqs: queuesAndBuckets, sns: queuesAndBuckets, s3: queuesAndBuckets },
    folder: join(options.folder, "services"),
    storage: options.storage,
    ports: options.ports ?? {},
    identify: (accessKeyId) => identityOf(registry, accessKeyId),
    policyOf: (resourceArn) => registry.resourcePolicies.get(resourceArn),
    log: () => undefined, // Each function and each service writes its own file in services/logs.
  });
}

function redisAddress(endpoint: string | undefined) {
  if (endpoint === undefined)
    throw new Error("no resource type declares that it needs Redis, so Redis was not started");
  const { hostname, port } = new URL(endpoint);
  return { host: hostname, port: Number(port) };
}

function connect(region: string, engines: EngineAddresses) {
  const { dynamodb = nowhere, kinesis = nowhere, queuesAndBuckets = nowhere } = engines;
  const credentials = { accessKeyId: "laptop", secretAccessKey: "laptop" };
  const at = (endpoint: string) => ({ region, credentials, endpoint });
  return {
    dynamodb: new DynamoDBClient(at(dynamodb)),
    // The Kinesis engine supports only HTTP/1.1.
    kinesis: new KinesisClient({ ...at(kinesis), requestHandler: new NodeHttpHandler() }),
    sqs: new SQSClient(at(queuesAndBuckets)),
    s3: new S3Client({ ...at(queuesAndBuckets), forcePathStyle: true }),
  };
}

function addresses(engines: EngineAddresses, services: Services): Record<string, string> {
  const { dynamodb, kinesis, queuesAndBuckets, redis } = engines;
  const all = {
    dynamodb,
    kinesis,
    sqs: queuesAndBuckets,
    s3: queuesAndBuckets,
    redis,
    secretsmanager: services.secrets.endpoint,
    eventbridge: services.eventBus.endpoint,
    sesv2: services.mail.endpoint,
    lambda: services.lambda.endpoint,
  };
  return Object.fromEntries(Object.entries(all).flatMap(([name, url]) => (url === undefined ? [] : [[name, url]])));
}
