import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { lazy } from "../lazy.ts";

export interface ClientOptions {
  /** For one attempt, the connection included. */
  readonly timeoutMs: number;
  /** The first attempt counts. */
  readonly attemptCountMax: number;
}

const transport = ({ timeoutMs, attemptCountMax }: ClientOptions) => ({
  maxAttempts: attemptCountMax,
  requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
});

/** Undefined members are left out, so that an absent optional field is an absent attribute. */
export const lazyDynamoDb = (options: ClientOptions): (() => DynamoDBDocumentClient) =>
  lazy(() =>
    DynamoDBDocumentClient.from(new DynamoDBClient(transport(options)), {
      marshallOptions: { removeUndefinedValues: true },
    }),
  );

export const lazySqs = (options: ClientOptions): (() => SQSClient) => lazy(() => new SQSClient(transport(options)));
