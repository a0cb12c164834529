import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { postgresServer, type Stop, startEngines } from "./cloud-engines.ts";
import {
  applyInstance,
  type Change,
  createDeployment,
  createRegistry,
  type EngineName,
  enginesOf,
  grantsOf,
  identityOf,
  isRun,
  type Laptop,
  laptopAccountId,
  refuseUnknownTypes,
  removeInstance,
} from "./resources/index.ts";
import { type Services, startServices } from "./services/index.ts";
import {
  type AppliedStack,
  applyStack,
  blocksOf,
  type Instance,
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

/** A running stand-in for everything that the synthesized Terraform describes. */
export interface Cloud {
  /** Outputs by stack, as they were applied last. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Addresses of what runs, by the AWS service that it stands in for. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Actions that policies allow functions, each as `<role>: <action>`. */
  readonly grants: { given(): readonly string[]; used(): ReadonlySet<string> };
  /**
   * Applies another cdktf.out folder, or the same one after a synthesis, while all goes on: what changed is changed,
   * what is new is made, what has left is ended where it holds no data. One at a time; the rest waits.
   * @throws when something cannot be applied: what was applied before it stays, and the next apply goes on from there
   */
  apply(output: string): Promise<readonly Change[]>;
  /** Ends all, the edge first; what was acknowledged is kept (storage "disk"). */
  stop(): Promise<void>;
}

/** Types that are databases on the one server. */
const databases = new Set(["aws_rds_cluster", "aws_db_instance"]);
/** Nothing listens there: the address of an engine that no resource needs. */
const nowhere = "http://127.0.0.1:9";

/** Runs the synthesized Terraform of a CDKTF app on this machine. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const stops: Stop[] = [];
  try {
    return await start(options, stops);
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

async function start(options: CloudOptions, stops: Stop[]): Promise<Cloud> {
  const { stacks, blocks, region } = read(options.output, options.variables);
  mkdirSync(options.folder, { recursive: true });
  const progress = options.onProgress ?? (() => undefined);

  const state = options.storage === "disk" ? openState(join(options.folder, "state.json")) : memoryState();
  const postgres = postgresServer(options, state, stops);
  if (blocks.some(({ type }) => databases.has(type))) postgres.startKnown();
  const engines = await startEngines(enginesOf(blocks.map(({ type }) => type)), options, stops);
  const { dynamodb = nowhere, kinesis = nowhere, queuesAndBuckets = nowhere } = engines;
  const registry = createRegistry();
  const services = await startServices({
    region,
    accountId: laptopAccountId,
    endpoints: { dynamodb, kinesis, sqs: queuesAndBuckets, sns: queuesAndBuckets, s3: queuesAndBuckets },
    folder: join(options.folder, "services"),
    storage: options.storage,
    ports: options.ports ?? {},
    identify: (accessKeyId) => identityOf(registry, accessKeyId),
    policyOf: (resourceArn) => registry.resourcePolicies.get(resourceArn),
    log: () => undefined, // Each function and service has a file of its own below services/logs.
  });
  const clients = connect(region, { dynamodb, kinesis, queuesAndBuckets });
  const laptop: Laptop = {
    region,
    ...clients,
    services,
    registry,
    state,
    postgres: postgres.onDemand,
    redis: () => redisAddress(engines.redis),
    log: options.log,
  };
  const deployment = createDeployment({
    apply: (instance) => applyInstance(instance, laptop),
    remove: (instance, attributes) => removeInstance(instance, attributes, laptop),
  });
  let outputs: Cloud["outputs"] = {};

  async function applyStacks(given: readonly StackOutput[]): Promise<readonly Change[]> {
    const round = deployment.begin();
    const applied: AppliedStack[] = [];
    for (const stack of given) {
      progress(`stack ${stack.name}`);
      const { variables } = options;
      const apply = (instance: Instance) => (isRun(instance) ? round.apply(instance) : applyInstance(instance, laptop));
      applied.push(await applyStack(stack, { variables, applied, state, apply }));
    }
    const changes = await round.finish();
    outputs = Object.fromEntries(applied.map((stack) => [stack.name, stack.outputs]));
    return changes;
  }

  async function applyAgain(output: string): Promise<readonly Change[]> {
    const next = read(output, options.variables);
    if (next.region !== region) throw new Error(`it runs ${region}, not ${next.region}: reset, then up changes that`);
    const missing = [...enginesOf(next.blocks.map(({ type }) => type))].filter((name) => engines[name] === undefined);
    if (missing.length > 0) throw new Error(`${missing.join(", ")} does not run yet: down, then up starts it`);
    return applyStacks(next.stacks);
  }

  try {
    await applyStacks(stacks);
  } finally {
    // Last, though they started before Postgres did: functions end before the engines that they use.
    stops.push(async () => {
      await services.stop();
      for (const client of Object.values(clients)) client.destroy();
    });
  }
  let last: Promise<unknown> = Promise.resolve();
  return {
    get outputs() {
      return outputs;
    },
    endpoints: addresses(engines, services),
    grants: { given: () => grantsOf(registry), used: services.access.usedGrants },
    apply: (output) => {
      const next = last.then(() => applyAgain(output));
      last = next.catch(() => undefined);
      return next;
    },
    stop: async () => {
      await last;
      await endAll(stops);
    },
  };
}

/** Refuses what cannot run before anything is applied. */
function read(output: string, variables: Readonly<Record<string, string>>) {
  const stacks = readOutput(output);
  const blocks = stacks.flatMap(blocksOf);
  refuseUnknownTypes(blocks);
  return { stacks, blocks, region: oneRegion(stacks, variables) };
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

function redisAddress(endpoint: string | undefined) {
  if (endpoint === undefined) throw new Error("no resource said that it needs Redis, so it was not started");
  const { hostname, port } = new URL(endpoint);
  return { host: hostname, port: Number(port) };
}

function connect(region: string, endpoints: Readonly<Record<Exclude<EngineName, "redis">, string>>) {
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
