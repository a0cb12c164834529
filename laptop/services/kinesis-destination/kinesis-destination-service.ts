/** What `aws_dynamodb_kinesis_streaming_destination` says. Turns the table's stream on where it is off. */
export interface KinesisDestinationOptions {
  readonly tableName: string;
  readonly streamArn: string;
  /** @default "MILLISECOND" */
  readonly approximateCreationDateTimePrecision?: "MILLISECOND" | "MICROSECOND";
}

export interface KinesisDestinationService {
  createKinesisDestination(options: KinesisDestinationOptions): Promise<{ readonly id: string }>;
  /** By the id that `createKinesisDestination` gave. Ends after the records in hand; how far it came is kept. */
  deleteKinesisDestination(id: string): Promise<void>;
  /** Ends after the records in hand; what was not put yet follows at the next start. */
  stop(): Promise<void>;
}
