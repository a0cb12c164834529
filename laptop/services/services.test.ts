import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { EngineEndpoints } from "./context.ts";
import { createBucket, createStream, createTable, engineEndpoints } from "./engines.fixture.ts";
import { accountId, bundleFunction, eventually, region, temporaryFolder } from "./services.fixture.ts";
import { type Services, startServices } from "./services.ts";

let endpoints: EngineEndpoints;
beforeAll(async () => {
  endpoints = await engineEndpoints();
});

const started: Services[] = [];
afterEach(async () => {
  for (const services of started.splice(0)) await services.stop();
});

/** A function that writes its input to a table. Its SDK client has no settings but Lambda's variables. */
const writer = `import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
const client = new DynamoDBClient({});
export const handler = async (event) => {
  await client.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { pk: { S: event.pathParameters.id } } }));
  return { statusCode: 201, body: JSON.stringify({ id: event.pathParameters.id }) };
};`;

const reader = `export const handler = async ({ Records }) => {
  for (const { kinesis } of Records) console.log("saw " + JSON.parse(Buffer.from(kinesis.data, "base64")).dynamodb.Keys.pk.S + " at " + Date.now());
};`;

async function deploy(services: Services, name: string, source: string, environment: Record<string, string> = {}) {
  const zip = await bundleFunction(source);
  const roleArn = `arn:aws:iam::${accountId}:role/${name}`;
  return services.lambda.createFunction({
    name,
    code: { zip },
    handler: "index.handler",
    roleArn,
    environment,
    timeoutSeconds: 20,
  });
}

const anyone = {
  roleName: "anyone",
  sessionName: "anyone",
  policies: [
    {
      name: "all",
      document: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
    },
  ],
};

describe("startServices", () => {
  it("carries a request through a function, a table, Kinesis and a second function into S3", async () => {
    const [table, streamArn, bucket] = await Promise.all([
      createTable(endpoints.dynamodb),
      createStream(endpoints.kinesis),
      createBucket(endpoints.s3),
    ]);
    const seen: { id: string; at: number }[] = [];
    const services = await startServices({
      policyOf: () => undefined,
      region,
      accountId,
      endpoints,
      identify: () => anyone,
      folder: temporaryFolder(),
      storage: "disk",
      log: ({ line }) => {
        const [, id, at] = /^saw (\S+) at (\d+)$/.exec(line) ?? [];
        if (id) seen.push({ id, at: Number(at) });
      },
    });
    started.push(services);
    const written = await deploy(services, "writer", writer, { TABLE: table.tableName });
    await deploy(services, "reader", reader);
    await services.kinesisDestinations.createKinesisDestination({ tableName: table.tableName, streamArn });
    await services.eventSourceMappings.createEventSourceMapping({
      eventSourceArn: streamArn,
      functionName: "reader",
      startingPosition: "TRIM_HORIZON",
    });
    await services.firehose.createDeliveryStream({
      name: "archive",
      source: { kinesisStreamArn: streamArn },
      destination: { bucketArn: bucket.bucketArn, appendNewline: true },
    });
    const integration = { type: "aws_proxy", httpMethod: "POST", uri: written.invokeArn };
    const body = {
      openapi: "3.0.1",
      paths: { "/things/{id}": { put: { "x-amazon-apigateway-integration": integration } } },
    };
    const { id: restApiId, executionArn } = await services.apiGateway.createRestApi({ name: "things", body });
    const principal = "apigateway.amazonaws.com";
    services.lambda.addPermission({
      function: "writer",
      statementId: "api",
      principal,
      sourceArn: `${executionArn}/*/*`,
    });
    const { invokeUrl } = await services.apiGateway.createStage({ restApiId, stageName: "v1" });

    const ids = Array.from({ length: 20 }, (_, index) => `thing-${index}`);
    for (const id of ids) expect((await fetch(`${invokeUrl}/things/${id}`, { method: "PUT" })).status).toBe(201);

    await eventually(() => expect(seen.map(({ id }) => id)).toEqual(ids));
    await services.firehose.flush();
    const [key = ""] = await bucket.keys();
    const Archived = z.object({ dynamodb: z.object({ Keys: z.object({ pk: z.object({ S: z.string() }) }) }) });
    const lines = (await bucket.get(key)).toString().trimEnd().split("\n");
    expect(lines.map((line) => Archived.parse(JSON.parse(line)).dynamodb.Keys.pk.S)).toEqual(ids);
  });
});
