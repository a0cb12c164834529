import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordCommand,
  waitUntilStreamExists,
} from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { expect, it } from "vitest";
import { clientOptions, kinesisEndpoint } from "../testing/index.ts";
import { describeEngine } from "./engine.conformance.ts";
import { startKinesis } from "./kinesis.ts";

const StreamName = "kept";

describeEngine("startKinesis", {
  start: startKinesis,
  write: async (endpoint) => {
    const client = connect(endpoint);
    await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    await waitUntilStreamExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { StreamName });
    await client.send(new PutRecordCommand({ StreamName, PartitionKey: "a", Data: Buffer.from("one") }));
  },
  read: async (endpoint) => {
    const client = connect(endpoint);
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName, ShardId: "shardId-000000000000", ShardIteratorType: "TRIM_HORIZON" }),
    );
    const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
    return Records.map((record) => Buffer.from(record.Data ?? []).toString("utf8"));
  },
  expected: ["one"],
});

it("is shared by the tests of a run", async () => {
  const client = connect(await kinesisEndpoint());
  await expect(client.send(new DescribeStreamSummaryCommand({ StreamName: "none" }))).rejects.toThrow(/not found/);
});

function connect(endpoint: string): KinesisClient {
  return new KinesisClient({ ...clientOptions(endpoint), requestHandler: new NodeHttpHandler() });
}
