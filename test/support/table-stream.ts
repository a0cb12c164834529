import { UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamsRecord,
} from "@aws-sdk/client-dynamodb-streams";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { clientOptions, dynamoDbEndpoint } from "laptop-cloud/testing";
import { onTestFinished } from "vitest";

/** Enables a table's stream with both images. Returns a function that reads all changes since then. */
export async function openTableStream(client: DynamoDBDocumentClient, table: string) {
  const { TableDescription } = await client.send(
    new UpdateTableCommand({
      TableName: table,
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    }),
  );
  const StreamArn = TableDescription?.LatestStreamArn;
  const streams = new DynamoDBStreamsClient(clientOptions(await dynamoDbEndpoint()));
  onTestFinished(() => streams.destroy());

  return async function readAll(): Promise<readonly StreamsRecord[]> {
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
    const records: StreamsRecord[] = [];
    for (const { ShardId } of StreamDescription?.Shards ?? []) {
      const position = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" } as const;
      let { ShardIterator } = await streams.send(new GetShardIteratorCommand(position));
      while (ShardIterator !== undefined) {
        const { Records = [], NextShardIterator } = await streams.send(new GetRecordsCommand({ ShardIterator }));
        records.push(...Records);
        // An open shard has no end, so an empty answer means that all its records were read.
        ShardIterator = Records.length > 0 ? NextShardIterator : undefined;
      }
    }
    return records;
  };
}
