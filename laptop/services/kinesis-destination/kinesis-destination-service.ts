/** The arguments of `aws_dynamodb_kinesis_streaming_destination`. The table's stream is enabled where it is not. */
export interface KinesisDestinationOptions {
  readonly tableName: string;
  readonly streamArn: string;
  /** @default "MILLISECOND" */
  readonly approximateCreationDateTimePrecision?: "MILLISECOND" | "MICROSECOND";
}

export interface KinesisDestinationService {
  createKinesisDestination(options: KinesisDestinationOptions): Promise<{ readonly id: string }>;
  /** Takes the id from `createKinesisDestination`. Ends after the records that it has read; its checkpoints stay. */
  deleteKinesisDestination(id: string): Promise<void>;
  /** Ends after the records that were read; the others follow at the next start. */
  stop(): Promise<void>;
}
