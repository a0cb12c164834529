import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream/index.js";
import { KinesisStreamConsumer } from "@cdktf/provider-aws/lib/kinesis-stream-consumer/index.js";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping/index.js";
import { Construct } from "constructs";
import type { LambdaFunction } from "../compute/lambda-function.ts";
import type { Bucket } from "../data/bucket.ts";
import type { Grantee } from "../identity/role.ts";
import { physicalName } from "../naming.ts";

const secondsPerHour = 3_600;
/** Retries end this long before the stream deletes a record, so the record still reaches the failure bucket. */
const marginHours = 12;
const streamReadOperations = [
  "DescribeStream",
  "DescribeStreamSummary",
  "GetRecords",
  "GetShardIterator",
  "ListShards",
];

/** Operations that Lambda needs, besides the read operations, to get records by enhanced fan-out. */
const pushOperations = ["DescribeStreamConsumer", "SubscribeToShard"];

export interface ChangeStreamProps {
  readonly name: string;
  /**
   * How long the stream keeps records. A consumer may be down for this time without loss. 24 to 8,760.
   * @default 168, a week
   */
  readonly retentionHours?: number;
}

export interface StreamConsumerProps {
  /** Gets the records that the function could not handle before the retries ended. */
  readonly onFailure: Bucket;
  /** Records per call. 1 to 10,000. @default 100 */
  readonly batchSize?: number;
  /** How long Lambda collects records for a batch. @default 0 */
  readonly batchSeconds?: number;
  /** Batches of one shard at the same time. The order holds per partition key. 1 to 10. @default 1 */
  readonly parallelBatchCount?: number;
  /** Event filters. Lambda skips a record that matches none. @default no filter */
  readonly filters?: readonly Readonly<Record<string, unknown>>[];
  /**
   * `enhanced fan-out`: records arrive within about 70 ms, no matter how many functions read the stream. AWS bills it
   * per shard and hour. @default shared
   */
  readonly delivery?: "shared" | "enhanced fan-out";
}

/**
 * A Kinesis stream that keeps changes for days. AWS bills it by throughput. Intents: `consumedBy`, `grantRead`.
 * @throws when `retentionHours` is not 24 to 8,760
 * @example
 * const changes = new ChangeStream(stack, "changes", { name: "shop-changes", retentionHours: 48 });
 * orders.flowsTo(changes);
 * changes.consumedBy(publicFunction, {
 *   onFailure: new Bucket(stack, "quarantine", { name: "shop-quarantine-123456789012" }),
 *   batchSize: 1_000,
 * });
 */
export class ChangeStream extends Construct {
  readonly stream: KinesisStream;
  readonly retentionHours: number;

  constructor(scope: Construct, id: string, props: ChangeStreamProps) {
    super(scope, id);
    this.retentionHours = props.retentionHours ?? 168;
    if (this.retentionHours < 24 || this.retentionHours > 8_760) {
      throw new Error(`${this.node.path}: retentionHours is ${this.retentionHours}; Kinesis takes 24 to 8760.`);
    }
    this.stream = new KinesisStream(this, "stream", {
      name: physicalName("stream", props.name),
      streamModeDetails: { streamMode: "ON_DEMAND" },
      retentionPeriod: this.retentionHours,
      encryptionType: "KMS",
      kmsKeyId: "alias/aws/kinesis",
    });
  }

  /** Name of the stream. */
  get name(): string {
    return this.stream.name;
  }

  /** ARN of the stream. */
  get arn(): string {
    return this.stream.arn;
  }

  /** Allows reading the stream. */
  grantRead(grantee: Grantee): void {
    grantee.role.allow({ actions: streamReadOperations.map((name) => `kinesis:${name}`), resources: [this.arn] });
  }

  /**
   * Calls the function with batches of records. When a whole batch fails, Lambda halves it. Lambda retries the records
   * that the function reports as failed, and later records of the shard wait for them. The number of retries has no
   * limit: they end shortly before the stream deletes the record.
   */
  consumedBy(fn: LambdaFunction, props: StreamConsumerProps): LambdaEventSourceMapping {
    const source = props.delivery === "enhanced fan-out" ? this.#consumer(fn) : this.arn;
    this.grantRead(fn);
    props.onFailure.grantFailures(fn);
    return new LambdaEventSourceMapping(fn, `from-${this.node.id}`, {
      eventSourceArn: source,
      functionName: fn.arn,
      startingPosition: "TRIM_HORIZON",
      batchSize: props.batchSize ?? 100,
      maximumBatchingWindowInSeconds: props.batchSeconds ?? 0,
      parallelizationFactor: props.parallelBatchCount ?? 1,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
      maximumRetryAttempts: -1,
      maximumRecordAgeInSeconds: Math.min((this.retentionHours - marginHours) * secondsPerHour, 604_800),
      destinationConfig: { onFailure: { destinationArn: props.onFailure.arn } },
      filterCriteria: props.filters && { filter: props.filters.map((filter) => ({ pattern: JSON.stringify(filter) })) },
    });
  }

  /** Makes the consumer in the function's stack, so that the stream's stack does not depend on its readers. */
  #consumer(fn: LambdaFunction): string {
    const { arn } = new KinesisStreamConsumer(fn, `consumer-of-${this.node.id}`, {
      name: physicalName("stream", fn.name),
      streamArn: this.arn,
    });
    fn.role.allow({ actions: pushOperations.map((name) => `kinesis:${name}`), resources: [arn] });
    return arn;
  }
}
