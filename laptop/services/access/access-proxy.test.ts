import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientOptions, dynamoDbEndpoint, queuesAndBucketsEndpoint, uniqueName } from "../../testing/index.ts";
import { type AccessProxy, type CheckedService, startAccessProxy } from "./access-proxy.ts";
import type { AwsCall } from "./aws-call.ts";
import { type Identity, PolicyEvaluator } from "./policy-evaluator.ts";

const place = { region: "eu-west-1", accountId: "000000000000" };
const table = uniqueName("orders");
const bucket = uniqueName("files");
const queue = uniqueName("jobs");
const tableArn = `arn:aws:dynamodb:eu-west-1:000000000000:table/${table}`;
const index = {
  IndexName: "byColour",
  KeySchema: [{ AttributeName: "colour", KeyType: "HASH" as const }],
  Projection: { ProjectionType: "KEYS_ONLY" as const },
};

const allow = (Action: string[], Resource: string[], more: object = {}) => ({
  name: "grants",
  document: { Version: "2012-10-17", Statement: [{ Sid: "Granted", Effect: "Allow", Action, Resource, ...more }] },
});
const identities: Record<string, Identity> = {
  READER: {
    roleName: "reader",
    sessionName: "reader-function",
    policies: [allow(["dynamodb:GetItem", "dynamodb:Query"], [tableArn])],
  },
  WRITER: {
    roleName: "writer",
    sessionName: "writer-function",
    policies: [
      allow(["dynamodb:PutItem"], [tableArn], {
        Condition: { StringEquals: { "dynamodb:EnclosingOperation": "TransactWriteItems" } },
      }),
      allow(["s3:PutObject"], [`arn:aws:s3:::${bucket}/in/*`]),
      allow(["sqs:SendMessage"], [`arn:aws:sqs:eu-west-1:000000000000:${queue}`]),
    ],
  },
};

const proxies: AccessProxy[] = [];
const uses: { identity: Identity; call: AwsCall; statement: string }[] = [];
const logged: string[] = [];
const endpoints: Partial<Record<CheckedService, string>> = {};
const evaluator = new PolicyEvaluator(place.accountId);

async function proxied(service: CheckedService, upstream: string) {
  const proxy = await startAccessProxy({
    ...place,
    service,
    upstream,
    evaluator,
    identify: (id) => identities[id],
    onUse: (use) => uses.push(use),
    log: (line) => logged.push(line),
  });
  proxies.push(proxy);
  endpoints[service] = proxy.endpoint;
}

const as = (accessKeyId: string, service: CheckedService) => ({
  endpoint: endpoints[service] ?? "",
  region: "eu-west-1",
  credentials: { accessKeyId, secretAccessKey: "secret" },
  maxAttempts: 1,
});
const dynamo = (accessKeyId: string) => new DynamoDBClient(as(accessKeyId, "dynamodb"));
const s3 = (accessKeyId: string) => new S3Client({ ...as(accessKeyId, "s3"), forcePathStyle: true });

const item = { pk: { S: "1" }, colour: { S: "red" } };

beforeAll(async () => {
  const dynamodb = await dynamoDbEndpoint();
  const others = await queuesAndBucketsEndpoint();
  await new DynamoDBClient(clientOptions(dynamodb)).send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "colour"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      GlobalSecondaryIndexes: [index],
    }),
  );
  await new S3Client({ ...clientOptions(others), forcePathStyle: true }).send(
    new CreateBucketCommand({ Bucket: bucket }),
  );
  await new SQSClient(clientOptions(others)).send(new CreateQueueCommand({ QueueName: queue }));
  await Promise.all([proxied("dynamodb", dynamodb), proxied("s3", others), proxied("sqs", others)]);
});

afterAll(() => Promise.all(proxies.map((proxy) => proxy.stop())));

describe("startAccessProxy", () => {
  it("forwards an allowed call and names the statement that allowed it", async () => {
    await dynamo("READER").send(new GetItemCommand({ TableName: table, Key: { pk: item.pk } }));
    expect(uses).toContainEqual({
      identity: identities.READER,
      call: { action: "dynamodb:GetItem", resource: tableArn, context: {} },
      statement: "grants/Granted",
    });
  });

  it("denies an action that no policy allows, in AWS's words", async () => {
    await expect(dynamo("READER").send(new PutItemCommand({ TableName: table, Item: item }))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message:
        "User: arn:aws:sts::000000000000:assumed-role/reader/reader-function is not authorized to perform: " +
        `dynamodb:PutItem on resource: ${tableArn} because no identity-based policy allows the dynamodb:PutItem action`,
    });
    expect(logged.join("\n")).toContain("reader-function is not authorized to perform: dynamodb:PutItem");
  });

  it("checks an index as a separate resource", async () => {
    const query = new QueryCommand({
      TableName: table,
      IndexName: "byColour",
      KeyConditionExpression: "colour = :c",
      ExpressionAttributeValues: { ":c": { S: "red" } },
    });
    await expect(dynamo("READER").send(query)).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("checks each write of a transaction, with its conditions", async () => {
    const put = { Put: { TableName: table, Item: item } };
    const transaction = (verbs: object[]) => new TransactWriteItemsCommand({ TransactItems: verbs });
    await dynamo("WRITER").send(transaction([put]));
    await expect(dynamo("WRITER").send(new PutItemCommand({ TableName: table, Item: item }))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
    const removal = { Delete: { TableName: table, Key: { pk: { S: "2" } } } };
    await expect(dynamo("WRITER").send(transaction([put, removal]))).rejects.toThrow("dynamodb:DeleteItem");
  });

  it("refuses an access key that nobody has", async () => {
    const read = new GetItemCommand({ TableName: table, Key: { pk: item.pk } });
    await expect(dynamo("NOBODY").send(read)).rejects.toMatchObject({ name: "UnrecognizedClientException" });
  });

  it("checks object keys of a bucket", async () => {
    const put = (Key: string) => s3("WRITER").send(new PutObjectCommand({ Bucket: bucket, Key, Body: "x" }));
    await put("in/a b.txt");
    await expect(put("out/a.txt")).rejects.toMatchObject({ name: "AccessDenied" });
    const get = new GetObjectCommand({ Bucket: bucket, Key: "in/a b.txt" });
    await expect(s3("WRITER").send(get)).rejects.toThrow("s3:GetObject");
  });

  it("checks messages to a queue", async () => {
    const send = (accessKeyId: string) =>
      new SQSClient(as(accessKeyId, "sqs")).send(
        new SendMessageCommand({ QueueUrl: `${endpoints.sqs}/000000000000/${queue}`, MessageBody: "hello" }),
      );
    expect((await send("WRITER")).MessageId).toBeDefined();
    await expect(send("READER")).rejects.toThrow("sqs:SendMessage");
  });
});
