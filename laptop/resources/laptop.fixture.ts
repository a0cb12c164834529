import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Services } from "../services/index.ts";
import { type Instance, memoryState, type ValueMap } from "../terraform/index.ts";
import type { Laptop } from "./laptop.ts";
import { createRegistry } from "./registry.ts";

const region = "eu-west-1";
const nowhere = "http://127.0.0.1:9";

/** A laptop with the test's engines and the given services. */
export function laptopWith(given: {
  readonly dynamodb?: string;
  readonly kinesis?: string;
  readonly queuesAndBuckets?: string;
  readonly services?: Partial<Services>;
  readonly postgres?: Laptop["postgres"];
  readonly redis?: ReturnType<Laptop["redis"]>;
  readonly lines?: string[];
}): Laptop {
  const at = (endpoint: string = nowhere) =>
    ({ endpoint, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } }) as const;
  return {
    region,
    dynamodb: new DynamoDBClient(at(given.dynamodb)),
    kinesis: new KinesisClient({ ...at(given.kinesis), requestHandler: new NodeHttpHandler() }),
    sqs: new SQSClient(at(given.queuesAndBuckets)),
    s3: new S3Client({ ...at(given.queuesAndBuckets), forcePathStyle: true }),
    // A handler that uses a service which the test did not give fails on undefined.
    services: (given.services ?? {}) as Services,
    registry: createRegistry(),
    state: memoryState(),
    postgres: given.postgres ?? (() => Promise.reject(new Error("this test has no Postgres"))),
    redis: () => {
      if (!given.redis) throw new Error("this test has no Redis");
      return given.redis;
    },
    log: (line) => given.lines?.push(line),
  };
}

export function instanceOf(type: string, values: ValueMap): Instance {
  return {
    mode: "resource",
    stack: "app",
    type,
    address: `${type}.subject`,
    path: `app/${type}`,
    region,
    folder: "/nowhere",
    arguments: values,
  };
}
