import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream/index.js";
import { KinesisStreamConsumer } from "@cdktf/provider-aws/lib/kinesis-stream-consumer/index.js";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping/index.js";
import { Construct } from "constructs";
import type { LambdaFunction } from "../compute/lambda-function.ts";
import type { Bucket } from "../data/bucket.ts";
import type { Grantee } from "../identity/role.ts";
import { physicalName } from "../naming.ts";

const secondsPerHour = 3_600;
/** Retries end so long before the stream forgets a record, so that it still reaches the failure bucket. */
const marginHours = 12;
const streamReadOperations = [
  "DescribeStream",
  "DescribeStreamSummary",
  "GetRecords",
  "GetShardIterator",
  "ListShards",
];

/** What Lambda needs besides the read operations to get records by enhanced fan-out. */
const pushOperations = ["DescribeStreamConsumer", "SubscribeToShard"];

export interface ChangeStreamProps {
  readonly name: string;
  /** How long records are kept, so how long a consumer may be down and lose nothing. 24 to 8,760. @default 168, a week */
  readonly retentionHours?: number;
}

export interface StreamConsumerProps {
  /** Keeps the records that could not be handled to the end of all retries. */
  readonly onFailure: Bucket;
  /** Records a call. 1 to 10,000. @default 100 */
  readonly batchSize?: number;
  /** How long a batch gathers. @default 0 */
  readonly batchSeconds?: number;
  /** Batches of one shard at once; order holds per partition key. 1 to 10. @default 1 */
  readonly parallelBatchCount?: number;
  /** Event filters; a record that matches none is skipped. @default every record is taken */
  readonly filters?: readonly Readonly<Record<string, unknown>>[];
  /** `enhanced fan-out`: records come within about 70 ms, however many functions read the stream; AWS bills it by shard and hour. @default shared */
  readonly delivery?: "shared" | "enhanced fan-out";
}

/**
 * A Kinesis stream, billed by what goes through it, that keeps changes for days. Intents: `consumedBy`, `grantRead`.
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

  get name(): string {
    return this.stream.name;
  }

  get arn(): string {
    return this.stream.arn;
  }

  grantRead(grantee: Grantee): void {
    grantee.role.allow({ actions: streamReadOperations.map((name) => `kinesis:${name}`), resources: [this.arn] });
  }

  /**
   * Calls the function with batches. A batch that fails as a whole is halved; records that the function reports as
   * failed are tried again, and later records of the shard wait for them. Retries end shortly before the stream would
   * forget the record, never by their number.
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

  /** The consumer is made in the function's stack, so that the stream's stack does not depend on its readers. */
  #consumer(fn: LambdaFunction): string {
    const { arn } = new KinesisStreamConsumer(fn, `consumer-of-${this.node.id}`, {
      name: physicalName("stream", fn.name),
      streamArn: this.arn,
    });
    fn.role.allow({ actions: pushOperations.map((name) => `kinesis:${name}`), resources: [arn] });
    return arn;
  }
}
