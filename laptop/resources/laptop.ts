import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KinesisClient } from "@aws-sdk/client-kinesis";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Services } from "../services/index.ts";
import type { State } from "../terraform/index.ts";
import type { Registry } from "./registry.ts";

export const laptopAccountId = "000000000000";

/** Address of the only database server. */
export const databaseHost = "127.0.0.1";

export type DatabaseAddress = { readonly host: string; readonly port: number };

/** Everything that handlers of resources work with. */
export interface Laptop {
  readonly region: string;
  readonly dynamodb: DynamoDBClient;
  readonly kinesis: KinesisClient;
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly services: Services;
  /** Facts that later resources find by name or ARN. */
  readonly registry: Registry;
  /** Facts that survive a restart. */
  readonly state: State;
  /** Starts the only PostgreSQL server at the first call. Later calls must name the same superuser. */
  postgres(options: { readonly superuser: string; readonly database: string }): Promise<DatabaseAddress>;
  /** Address of the only Redis server. It runs if a resource needs it. */
  redis(): { readonly host: string; readonly port: number };
  readonly log: (line: string) => void;
}
