/** What `aws_kinesis_firehose_delivery_stream` with `extended_s3_configuration` and a Kinesis source says. */
export interface DeliveryStreamOptions {
  readonly name: string;
  readonly source: { readonly kinesisStreamArn: string };
  readonly destination: {
    readonly bucketArn: string;
    /** May hold `!{timestamp:yyyy/MM/dd}`, `!{firehose:random-string}`; without a timestamp `yyyy/MM/dd/HH/` is appended. */
    readonly prefix?: string;
    readonly errorOutputPrefix?: string;
    /** @default 300 */
    readonly bufferingIntervalSeconds?: number;
    /** @default 5 */
    readonly bufferingSizeMegabytes?: number;
    /** @default "UNCOMPRESSED" */
    readonly compressionFormat?: "UNCOMPRESSED" | "GZIP";
    /** Such as `.ndjson.gz`; replaces the format's own extension. */
    readonly fileExtension?: string;
    /** IANA name for the prefix. @default "UTC" */
    readonly customTimeZone?: string;
    /** A newline after each record, as the processor AppendDelimiterToRecord. @default false */
    readonly appendNewline?: boolean;
  };
}

export interface DeliveryStreamDescription {
  readonly name: string;
  readonly arn: string;
}

export interface FirehoseService {
  createDeliveryStream(options: DeliveryStreamOptions): Promise<DeliveryStreamDescription>;
  /** Writes what its source still holds, then ends it. */
  deleteDeliveryStream(name: string): Promise<void>;
  /** Reads what the sources still hold and writes all buffers now. */
  flush(): Promise<void>;
  /** Flushes, then ends. */
  stop(): Promise<void>;
}
