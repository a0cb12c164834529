import { join } from "node:path";
import { DynamoDBClient, PutItemCommand, QueryCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleFunction, eventually, temporaryFolder } from "../services/services.fixture.ts";
import { clientOptions } from "../testing/index.ts";
import { allow, bodyOf, type Resources, ref, smallApp, writeOutput } from "./cloud.fixture.ts";
import { type Cloud, startCloud } from "./cloud.ts";

const startMsMax = 180_000;

const api = (answer: string) => `import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
const table = new DynamoDBClient({});
export const handler = async ({ path }) => {
  if (path === "/count") {
    const counted = await table.send(new ScanCommand({ TableName: "notes", Select: "COUNT" })).catch(({ name }) => name);
    return { statusCode: 200, body: String(counted.Count ?? counted) };
  }
  return { statusCode: 200, body: [${JSON.stringify(answer)}, process.env.GREETING].join(" ") };
};`;

/** A function that counts its records by their name. */
const noter = `import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
const table = new DynamoDBClient({});
export const handler = async ({ Records }) => {
  for (const { dynamodb, body, messageId } of Records) {
    const pk = { S: dynamodb?.Keys.pk.S ?? body ?? messageId };
    await table.send(new UpdateItemCommand({ TableName: "notes", Key: { pk }, UpdateExpression: "ADD received :one", ExpressionAttributeValues: { ":one": { N: "1" } } }));
  }
};`;

const folder = temporaryFolder();
const output = join(folder, "cdktf.out");
const zips = { api: "", noter: "" };
const lines: string[] = [];
let cloud: Cloud;
let resources: Resources;

beforeAll(async () => {
  zips.api = await bundleFunction(api("one"));
  zips.noter = await bundleFunction(noter);
  resources = smallApp((name) => zips[name]);
  write();
  cloud = await startCloud({
    output,
    folder: join(folder, "state"),
    storage: "memory",
    variables: {},
    log: (line) => lines.push(line),
  });
}, startMsMax);

afterAll(() => cloud?.stop(), startMsMax);

function write(): void {
  writeOutput(output, resources, { url: ref("aws_api_gateway_stage.api.invoke_url") });
}

/** Changes arguments of resources and applies the app. Returns the reported changes. */
async function apply(change: (resources: Resources) => void): Promise<string[]> {
  change(resources);
  write();
  return (await cloud.apply(output)).map(({ kind, address }) => `${kind} ${address}`).toSorted();
}

/** The arguments of a resource of the test's app. */
function argumentsOf(type: string, name: string): Record<string, unknown> {
  const found = resources[type]?.[name];
  if (!found) throw new Error(`the app has no ${type}.${name}`);
  return found;
}

function without(type: string, name: string): Record<string, unknown> {
  const taken = argumentsOf(type, name);
  delete resources[type]?.[name];
  return taken;
}

async function get(path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${String(cloud.outputs.app?.url)}${path}`);
  return { status: response.status, text: await response.text() };
}

const dynamodb = () => new DynamoDBClient(clientOptions(cloud.endpoints.dynamodb ?? ""));
const sqs = () => new SQSClient(clientOptions(cloud.endpoints.sqs ?? ""));
const urlOf = (queue: string) => `${cloud.endpoints.sqs}/000000000000/${queue}`;
const put = (pk: string) => dynamodb().send(new PutItemCommand({ TableName: "things", Item: { pk: { S: pk } } }));
const send = (queue: string, MessageBody: string) =>
  sqs().send(new SendMessageCommand({ QueueUrl: urlOf(queue), MessageBody }));
const receive = async (queue: string) => {
  const received = await sqs().send(new ReceiveMessageCommand({ QueueUrl: urlOf(queue), MaxNumberOfMessages: 10 }));
  return (received.Messages ?? []).map(({ Body = "" }) => Body);
};

/** Returns how many times each record reached its consumer. */
async function notes(): Promise<Record<string, number>> {
  const { Items = [] } = await dynamodb().send(new ScanCommand({ TableName: "notes", ConsistentRead: true }));
  return Object.fromEntries(Items.map(({ pk, received }) => [pk?.S ?? "", Number(received?.N)]));
}

async function publish(type: string, detail: object): Promise<void> {
  const client = new EventBridgeClient(clientOptions(cloud.endpoints.eventbridge ?? ""));
  const Entries = [{ EventBusName: "bus", Source: "test", DetailType: type, Detail: JSON.stringify(detail) }];
  await client.send(new PutEventsCommand({ Entries }));
}

describe("apply", () => {
  it("changes nothing when the Terraform has not changed", async () => {
    expect(await get("/hello")).toEqual({ status: 200, text: "one hello" });
    expect(await apply(() => undefined)).toEqual([]);
  });

  it("gives a function new code and new variables, and changes nothing else", async () => {
    zips.api = await bundleFunction(api("two"));
    const changed = await apply(() => Object.assign(argumentsOf("aws_lambda_function", "api"), { filename: zips.api }));
    expect(changed).toEqual(["changed aws_lambda_function.api"]);
    expect(await get("/hello")).toEqual({ status: 200, text: "two hello" });
    await apply(() =>
      Object.assign(argumentsOf("aws_lambda_function", "api"), { environment: { variables: { GREETING: "moin" } } }),
    );
    expect(await get("/hello")).toEqual({ status: 200, text: "two moin" });
  });

  it("adds a route at the same address, and keeps the parts of the API that are separate resources", async () => {
    expect((await get("/count")).status).toBe(404);
    const changed = await apply(() =>
      Object.assign(argumentsOf("aws_api_gateway_rest_api", "api"), { body: bodyOf("/hello", "/count") }),
    );
    expect(changed).toEqual(["changed aws_api_gateway_rest_api.api"]);
    expect((await get("/count")).status).toBe(200);
    expect((await get("/nowhere")).status).toBe(404);
    await apply(() => without("aws_api_gateway_gateway_response", "missing"));
    expect((await get("/nowhere")).status).toBe(403);
  });

  it("delivers each record once after its mapping has changed, and loses none", async () => {
    await put("before");
    for (const batch_size of [5, 7]) {
      await put(`with-${batch_size}`);
      await send("jobs", `job-${batch_size}`);
      const mappings = resources.aws_lambda_event_source_mapping ?? {};
      const changed = await apply(() => {
        for (const mapping of Object.values(mappings)) Object.assign(mapping, { batch_size });
      });
      expect(changed).toHaveLength(2);
    }
    await put("after");
    const expected = { before: 1, "with-5": 1, "with-7": 1, "job-5": 1, "job-7": 1, after: 1 };
    await eventually(async () => expect(await notes()).toMatchObject(expected));
    await put("last");
    await eventually(async () => expect(await notes()).toMatchObject({ ...expected, last: 1 }));
  });

  it("ends a mapping that has left, keeps its messages, and starts it again", async () => {
    const jobs = argumentsOf("aws_lambda_event_source_mapping", "jobs");
    expect(await apply(() => without("aws_lambda_event_source_mapping", "jobs"))).toEqual([
      "removed aws_lambda_event_source_mapping.jobs",
    ]);
    await send("jobs", "kept");
    await put("meanwhile");
    await eventually(async () => expect(await notes()).toMatchObject({ meanwhile: 1 }));
    expect(await notes()).not.toHaveProperty("kept");
    await apply(() => Object.assign(resources.aws_lambda_event_source_mapping ?? {}, { jobs }));
    await eventually(async () => expect(await notes()).toMatchObject({ kept: 1 }));
  });

  it("denies a call that a policy no longer allows, and allows it again", async () => {
    const policy = argumentsOf("aws_iam_role_policy", "worker");
    const before = policy.policy;
    expect((await get("/count")).text).toMatch(/^\d+$/);
    await apply(() => Object.assign(policy, { policy: allow("sqs:*", "dynamodb:UpdateItem", "dynamodb:*Stream*") }));
    expect((await get("/count")).text).toBe("AccessDeniedException");
    await apply(() => Object.assign(policy, { policy: before }));
    expect((await get("/count")).text).toMatch(/^\d+$/);
  });

  it("keeps a rule's target when its pattern changes, and removes the rule that has left", async () => {
    await publish("Sold", { n: 1 });
    await eventually(async () => expect((await receive("events")).join()).toContain('"n":1'));
    const pattern = JSON.stringify({ "detail-type": ["Returned"] });
    await apply(() => Object.assign(argumentsOf("aws_cloudwatch_event_rule", "sold"), { event_pattern: pattern }));
    await publish("Sold", { n: 2 });
    await publish("Returned", { n: 3 });
    await eventually(async () => {
      const received = (await receive("events")).join();
      expect(received).not.toContain('"n":2');
      expect(received).toContain('"n":3');
    });
    await apply(() => {
      without("aws_cloudwatch_event_target", "sold");
      without("aws_cloudwatch_event_rule", "sold");
    });
    await publish("Returned", { n: 4 });
    expect((await receive("events")).join()).not.toContain('"n":4');
  });

  it("runs an invocation again only when its triggers change", async () => {
    expect(await notes()).toMatchObject({ setup: 1 });
    await apply(() => Object.assign(argumentsOf("aws_lambda_invocation", "setup"), { triggers: { version: "2" } }));
    expect(await notes()).toMatchObject({ setup: 2 });
    await apply(() => undefined);
    expect(await notes()).toMatchObject({ setup: 2 });
  });

  it("builds a new index over the stored items", async () => {
    await apply(() =>
      Object.assign(argumentsOf("aws_dynamodb_table", "things"), {
        global_secondary_index: [{ name: "byPk", hash_key: "pk", projection_type: "KEYS_ONLY" }],
      }),
    );
    const { Count } = await dynamodb().send(
      new QueryCommand({
        TableName: "things",
        IndexName: "byPk",
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": { S: "before" } },
      }),
    );
    expect(Count).toBe(1);
    expect(lines).toContain("table things: building the new index byPk");
  });

  it("keeps the data of resources that have left, and logs that", async () => {
    await send("events", "precious");
    without("aws_sqs_queue_policy", "events");
    expect(await apply(() => without("aws_sqs_queue", "events"))).toContain("kept aws_sqs_queue.events");
    expect(lines).toContain("aws_sqs_queue.events is no longer in the Terraform; its data is kept");
    expect(await receive("events")).toContain("precious");
  });

  it("keeps running after a failed apply, and the next apply repairs it", async () => {
    const fn = argumentsOf("aws_lambda_function", "api");
    const { handler } = fn;
    await expect(apply(() => Object.assign(fn, { handler: "index.nothing" }))).rejects.toThrow(
      /aws_lambda_function\.api.*does not load.*HandlerNotFound/,
    );
    expect((await get("/hello")).text).toBe("two moin");
    await expect(apply(() => Object.assign(fn, { handler, memmory: 1 }))).rejects.toThrow("memmory");
    delete fn.memmory;
    expect(await apply(() => undefined)).toEqual(["changed aws_lambda_function.api"]);
    expect((await get("/hello")).text).toBe("two moin");
  });

  it("replaces a function whose name has changed", async () => {
    await apply(() => Object.assign(argumentsOf("aws_lambda_function", "api"), { function_name: "renamed" }));
    expect((await get("/hello")).text).toBe("two moin");
    const old = await fetch(`${cloud.endpoints.lambda}/2015-03-31/functions/api/invocations`, { method: "POST" });
    expect(old.status).toBe(404);
  });

  it("refuses a resource that needs an engine which does not run", async () => {
    const args = { replication_group_id: "cache", description: "a cache" };
    resources.aws_elasticache_replication_group = { cache: args };
    await expect(apply(() => undefined)).rejects.toThrow("redis does not run yet: down, then up starts it");
    delete resources.aws_elasticache_replication_group;
    expect(await apply(() => undefined)).toEqual([]);
  });
});
