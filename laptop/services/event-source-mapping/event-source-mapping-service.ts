/**
 * What `aws_lambda_event_source_mapping` says. The ARN of the source says which kind it is: sqs, dynamodb or kinesis.
 */
export interface EventSourceMappingOptions {
  readonly eventSourceArn: string;
  /** Name or ARN. */
  readonly functionName: string;
  /**
   * Names the checkpoint: a mapping with the same id continues where the earlier one stopped. @default derived from
   * source and function
   */
  readonly uuid?: string;
  /** @default true */
  readonly enabled?: boolean;
  /** @default 10 for SQS, 100 for streams */
  readonly batchSize?: number;
  /** @default 0 */
  readonly maximumBatchingWindowSeconds?: number;
  /** Streams only, and required for them. */
  readonly startingPosition?: "TRIM_HORIZON" | "LATEST" | "AT_TIMESTAMP";
  /** RFC 3339, with AT_TIMESTAMP. */
  readonly startingPositionTimestamp?: string;
  /** JSON texts as in `filter_criteria { filter { pattern } }`. A record passes when one of them matches. */
  readonly filterPatterns?: readonly string[];
  /** @default false */
  readonly bisectBatchOnFunctionError?: boolean;
  /** Streams only; -1 for no limit. @default -1 */
  readonly maximumRetryAttempts?: number;
  /** Streams only; -1 for no limit. @default -1 */
  readonly maximumRecordAgeSeconds?: number;
  readonly functionResponseTypes?: readonly "ReportBatchItemFailures"[];
  /** Streams only. It has no effect: records of one shard run in order here. @default 1 */
  readonly parallelizationFactor?: number;
  /** SQS only, from `scaling_config`. @default 5 here */
  readonly maximumConcurrency?: number;
  /** Streams only. An S3 bucket gets metadata and whole records; an SQS queue or SNS topic gets only metadata. */
  readonly onFailureArn?: string;
}

export interface EventSourceMappingDescription {
  readonly uuid: string;
  readonly arn: string;
  readonly functionArn: string;
  readonly state: "Enabled" | "Disabled";
}

export interface EventSourceMappingService {
  /** Starts to poll immediately. A mapping with a known uuid replaces the existing one. */
  createEventSourceMapping(options: EventSourceMappingOptions): Promise<EventSourceMappingDescription>;
  /** Resolves when the running batch is done. The checkpoint stays. */
  deleteEventSourceMapping(uuid: string): Promise<void>;
  /** Ends polling after the running batches (bounded). Checkpoints stay. */
  stop(): Promise<void>;
}
