import { Client } from "pg";
import { inject } from "vitest";
import type { SharedEngineName } from "./setup.ts";

/** DynamoDB with Streams, in memory; one for the whole run: each test makes tables of its own (`uniqueName`). */
export function dynamoDbEndpoint(): Promise<string> {
  return endpointOf("dynamodb");
}

/** Plain HTTP/1.1: a KinesisClient needs `requestHandler: new NodeHttpHandler()`. */
export function kinesisEndpoint(): Promise<string> {
  return endpointOf("kinesis");
}

/** The superuser's connection string to a database that all tests of the run share; see `freshDatabase`. */
export function postgresUrl(): Promise<string> {
  return endpointOf("postgres");
}

/** An empty database of its own, by the superuser's connection string. Roles are shared by the whole server. */
export async function freshDatabase(): Promise<string> {
  const shared = await postgresUrl();
  const name = uniqueName("test").replaceAll("-", "_");
  const client = new Client({ connectionString: shared });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
  return Object.assign(new URL(shared), { pathname: `/${name}` }).href;
}

/** SQS, SNS and S3; an S3Client needs `forcePathStyle: true`. */
export function queuesAndBucketsEndpoint(): Promise<string> {
  return endpointOf("queues-and-buckets");
}

/** Redis, shared by all tests of the run: each takes keys of its own. */
export function redisUrl(): Promise<string> {
  return endpointOf("redis");
}

/** What an SDK client needs to reach an engine. */
export function clientOptions(endpoint: string) {
  return { endpoint, region: "eu-west-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } } as const;
}

/** A name for a table, stream, queue or bucket that no other test has. */
export function uniqueName(stem: string): string {
  return `${stem}-${crypto.randomUUID()}`;
}

async function endpointOf(name: SharedEngineName): Promise<string> {
  const response = await fetch(`${inject("engines")}/${name}`);
  const body = await response.text();
  if (!response.ok) throw new Error(`${name} is not there for tests: ${body}`);
  return body;
}
