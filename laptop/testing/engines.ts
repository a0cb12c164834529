import { Client } from "pg";
import { inject } from "vitest";
import type { SharedEngineName } from "./setup.ts";

/**
 * Returns the address of DynamoDB with Streams, in memory. All tests share it, so each makes its own tables
 * (`uniqueName`).
 */
export function dynamoDbEndpoint(): Promise<string> {
  return endpointOf("dynamodb");
}

/**
 * Returns the address of Kinesis. It supports only HTTP/1.1, so a client needs `requestHandler: new NodeHttpHandler()`.
 */
export function kinesisEndpoint(): Promise<string> {
  return endpointOf("kinesis");
}

/** Returns the superuser's connection string to a database that all tests share. See `freshDatabase`. */
export function postgresUrl(): Promise<string> {
  return endpointOf("postgres");
}

/** Creates an empty database and returns the superuser's connection string. All databases share the server's roles. */
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

/** Returns the address of SQS, SNS and S3. An S3Client needs `forcePathStyle: true`. */
export function queuesAndBucketsEndpoint(): Promise<string> {
  return endpointOf("queues-and-buckets");
}

/** Returns the address of Redis. All tests share it, so each uses its own keys. */
export function redisUrl(): Promise<string> {
  return endpointOf("redis");
}

/** Returns the options with which an SDK client connects to an engine. */
export function clientOptions(endpoint: string) {
  return { endpoint, region: "eu-west-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } } as const;
}

/** Returns a name for a table, stream, queue or bucket that no other test has. */
export function uniqueName(stem: string): string {
  return `${stem}-${crypto.randomUUID()}`;
}

async function endpointOf(name: SharedEngineName): Promise<string> {
  const response = await fetch(`${inject("engines")}/${name}`);
  const body = await response.text();
  if (!response.ok) throw new Error(`${name} could not be started for tests: ${body}`);
  return body;
}
