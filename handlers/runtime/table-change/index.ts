export { type Change, type ChangeOf, createChangeReader, recordFacts } from "./change-reader.ts";
export { DynamoDbEvent, type DynamoDbRecord, dynamoDbChange } from "./dynamodb-stream.ts";
export { KinesisEvent, type KinesisRecord, kinesisChange } from "./kinesis.ts";
export { type NewestLevels, newestLevels } from "./newest-levels.ts";
export {
  connectQuarantine,
  createQuarantine,
  type Quarantine,
  type Quarantined,
  quarantineRecord,
} from "./quarantine.ts";
