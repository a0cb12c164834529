export { startDynamoDb } from "./dynamodb.ts";
export type { Engine, EngineOptions } from "./engine.ts";
export { endEngines, removeEngineFolder } from "./engine-folders.ts";
export { freePort } from "./free-port.ts";
export { startKinesis } from "./kinesis.ts";
export { startPostgres } from "./postgres.ts";
export { endProcess, identify, isRunning } from "./process-identity.ts";
export { startQueuesAndBuckets } from "./queues-and-buckets.ts";
export { startRedis } from "./redis.ts";
