/** The arguments of an `aws_kinesis_firehose_delivery_stream` with `extended_s3_configuration` and a Kinesis source. */
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
    /** Such as `.ndjson.gz`; replaces the extension of the compression format. */
    readonly fileExtension?: string;
    /** IANA name for the prefix. @default "UTC" */
    readonly customTimeZone?: string;
    /** Writes a newline after each record, as the processor AppendDelimiterToRecord does. @default false */
    readonly appendNewline?: boolean;
  };
}

export interface DeliveryStreamDescription {
  readonly name: string;
  readonly arn: string;
}

export interface FirehoseService {
  createDeliveryStream(options: DeliveryStreamOptions): Promise<DeliveryStreamDescription>;
  /** Flushes the delivery stream, then ends it. */
  deleteDeliveryStream(name: string): Promise<void>;
  /** Reads the records that the sources hold by now and writes all buffers. */
  flush(): Promise<void>;
  /** Flushes, then ends. */
  stop(): Promise<void>;
}
