import type { EngineEndpoints } from "../context.ts";
import type { Json } from "../event-pattern.ts";
import { type DynamoDbRecord, openDynamoDbStream } from "../streams/dynamodb-stream.ts";
import { type KinesisRecord, openKinesisStream } from "../streams/kinesis-stream.ts";
import type { RecordStream, StreamRecord } from "../streams/record-stream.ts";
import { jsonOrText } from "./filter.ts";

/** How the streams that feed functions differ. */
export interface StreamSource<Raw> {
  readonly stream: RecordStream<Raw>;
  /** The record as the function's event has it. */
  toEvent(record: StreamRecord<Raw>, shardId: string): Json;
  /** The record as a filter pattern sees it. */
  toFiltered(record: StreamRecord<Raw>): Json;
  /** The member of an on-failure record that describes the batch. */
  readonly batchInfoName: "KinesisBatchInfo" | "DDBStreamBatchInfo";
  readonly arrivalName: "approximateArrival" | "approximateCreationDateTime";
}

interface SourceOptions {
  readonly endpoints: EngineEndpoints;
  readonly eventSourceArn: string;
  readonly region: string;
  readonly roleArn: string;
}

export function kinesisSource(options: SourceOptions): StreamSource<KinesisRecord> {
  const { eventSourceArn, region, roleArn } = options;
  return {
    stream: openKinesisStream({ endpoint: options.endpoints.kinesis, streamArn: eventSourceArn }),
    batchInfoName: "KinesisBatchInfo",
    arrivalName: "approximateArrival",
    toEvent: ({ raw }, shardId) => ({
      kinesis: {
        kinesisSchemaVersion: "1.0",
        partitionKey: raw.PartitionKey,
        sequenceNumber: raw.SequenceNumber,
        data: raw.Data,
        approximateArrivalTimestamp: raw.ApproximateArrivalTimestamp,
      },
      eventSource: "aws:kinesis",
      eventVersion: "1.0",
      eventID: `${shardId}:${raw.SequenceNumber}`,
      eventName: "aws:kinesis:record",
      invokeIdentityArn: roleArn,
      awsRegion: region,
      eventSourceARN: eventSourceArn,
    }),
    toFiltered: ({ raw }) => ({
      partitionKey: raw.PartitionKey,
      sequenceNumber: raw.SequenceNumber,
      approximateArrivalTimestamp: raw.ApproximateArrivalTimestamp,
      data: jsonOrText(Buffer.from(raw.Data, "base64").toString()),
    }),
  };
}

export function dynamoDbSource(options: SourceOptions): StreamSource<DynamoDbRecord> {
  const { eventSourceArn, region } = options;
  const toEvent = ({ raw }: StreamRecord<DynamoDbRecord>): Json =>
    ({
      eventID: raw.eventID,
      eventName: raw.eventName,
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: region,
      dynamodb: raw.dynamodb,
      eventSourceARN: eventSourceArn,
      ...(raw.userIdentity
        ? { userIdentity: { principalId: raw.userIdentity.PrincipalId, type: raw.userIdentity.Type } }
        : {}),
      // The cast: images are JSON by the API's protocol, but their schema does not say so.
    }) as Json;
  return {
    stream: openDynamoDbStream({ endpoint: options.endpoints.dynamodb, streamArn: eventSourceArn }),
    batchInfoName: "DDBStreamBatchInfo",
    arrivalName: "approximateCreationDateTime",
    toEvent,
    toFiltered: toEvent,
  };
}
