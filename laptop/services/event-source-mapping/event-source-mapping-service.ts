/** What `aws_lambda_event_source_mapping` says. The source's kind follows from its ARN: sqs, dynamodb or kinesis. */
export interface EventSourceMappingOptions {
  readonly eventSourceArn: string;
  /** Name or ARN. */
  readonly functionName: string;
  /** Names the checkpoint; a mapping with the same id goes on where it stopped. @default derived from source and function */
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
  /** Each a JSON text as in `filter_criteria { filter { pattern } }`; a record passes when one of them matches. */
  readonly filterPatterns?: readonly string[];
  /** @default false */
  readonly bisectBatchOnFunctionError?: boolean;
  /** Streams only; -1 for no limit. @default -1 */
  readonly maximumRetryAttempts?: number;
  /** Streams only; -1 for no limit. @default -1 */
  readonly maximumRecordAgeSeconds?: number;
  readonly functionResponseTypes?: readonly "ReportBatchItemFailures"[];
  /** Streams only. Records of one shard run in order here whatever it says. @default 1 */
  readonly parallelizationFactor?: number;
  /** SQS only, from `scaling_config`. @default 10 here */
  readonly maximumConcurrency?: number;
  /** Streams only: an S3 bucket gets metadata and whole records; an SQS queue or SNS topic metadata alone. */
  readonly onFailureArn?: string;
}

export interface EventSourceMappingDescription {
  readonly uuid: string;
  readonly arn: string;
  readonly functionArn: string;
  readonly state: "Enabled" | "Disabled";
}

export interface EventSourceMappingService {
  /** Begins to poll at once. Creating one with a known uuid replaces it. */
  createEventSourceMapping(options: EventSourceMappingOptions): Promise<EventSourceMappingDescription>;
  /** Resolves when the batch in hand is done; its checkpoint stays. */
  deleteEventSourceMapping(uuid: string): Promise<void>;
  /** Ends polling after the batch in hand (bounded); checkpoints stay. */
  stop(): Promise<void>;
}
