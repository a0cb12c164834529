import { z } from "zod";
import { parseArn } from "../arn.ts";
import { callJson } from "../wire.ts";
import type { Position, RecordStream } from "./record-stream.ts";

/** A record of GetRecords. `Data` is base64. */
export interface KinesisRecord {
  readonly SequenceNumber: string;
  readonly Data: string;
  readonly PartitionKey: string;
  readonly ApproximateArrivalTimestamp: number;
}

const Shards = z.object({
  Shards: z.array(z.object({ ShardId: z.string(), ParentShardId: z.string().optional() })),
  NextToken: z.string().nullish(),
});
const Records = z.object({
  Records: z.array(
    z.object({
      SequenceNumber: z.string(),
      Data: z.string(),
      PartitionKey: z.string(),
      ApproximateArrivalTimestamp: z.number(),
    }),
  ),
  NextShardIterator: z.string().nullish(),
});
/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html */
const recordsMax = 10_000;

export function openKinesisStream(options: { endpoint: string; streamArn: string }): RecordStream<KinesisRecord> {
  const { endpoint } = options;
  const StreamName = streamNameOf(options.streamArn);
  return {
    arn: options.streamArn,
    shards: async () => {
      const input = { StreamName };
      const { Shards: shards } = await callJson({
        endpoint,
        target: "Kinesis_20131202.ListShards",
        input,
        output: Shards,
      });
      return shards.map(({ ShardId, ParentShardId }) => ({
        id: ShardId,
        ...(ParentShardId ? { parentId: ParentShardId } : {}),
      }));
    },
    iterator: async (ShardId, position) => {
      const { ShardIterator } = await callJson({
        endpoint,
        target: "Kinesis_20131202.GetShardIterator",
        input: { StreamName, ShardId, ...iteratorInput(position) },
        output: z.object({ ShardIterator: z.string() }),
      });
      return ShardIterator;
    },
    read: async (ShardIterator, limit) => {
      const input = { ShardIterator, Limit: Math.min(limit, recordsMax) };
      const answer = await callJson({ endpoint, target: "Kinesis_20131202.GetRecords", input, output: Records });
      const records = answer.Records.map((raw) => ({
        sequenceNumber: raw.SequenceNumber,
        arrivedAt: raw.ApproximateArrivalTimestamp * 1000,
        raw,
      }));
      return { records, ...(answer.NextShardIterator ? { next: answer.NextShardIterator } : {}) };
    },
  };
}

export function streamNameOf(streamArn: string): string {
  const { service, resource } = parseArn(streamArn);
  const name = /^stream\/([^/]+)/.exec(resource)?.[1];
  if (service !== "kinesis" || !name) throw new Error(`"${streamArn}" is no Kinesis stream's ARN`);
  return name;
}

/** kinesalite does not answer AT_TIMESTAMP while no record is that young, so the reader skips older records itself. */
function iteratorInput(position: Position): object {
  if (position.type !== "after") return { ShardIteratorType: "TRIM_HORIZON" };
  return { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber: position.sequenceNumber };
}
