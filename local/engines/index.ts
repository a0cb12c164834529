export { startDynamoDb } from "./dynamodb.ts";
export type { Engine, EngineOptions, Storage } from "./engine.ts";
export { freePort, isPortFree } from "./free-port.ts";
export { startKinesis } from "./kinesis.ts";
export { startQueuesAndBuckets } from "./queues-and-buckets.ts";
