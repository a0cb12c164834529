export {
  clientOptions,
  dynamoDbEndpoint,
  freshDatabase,
  kinesisEndpoint,
  postgresUrl,
  queuesAndBucketsEndpoint,
  redisUrl,
  uniqueName,
} from "./engines.ts";
