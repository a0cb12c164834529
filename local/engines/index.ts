export { startDynamoDb } from "./dynamodb.ts";
export type { Engine, EngineOptions, Storage } from "./engine.ts";
export { endEngines, removeEngineFolder } from "./engine-folders.ts";
export { freePort, isPortFree } from "./free-port.ts";
export { startKinesis } from "./kinesis.ts";
export { type PostgresOptions, startPostgres } from "./postgres.ts";
export { endProcess, identify, isRunning, type ProcessIdentity } from "./process-identity.ts";
export { startQueuesAndBuckets } from "./queues-and-buckets.ts";
export { startRedis } from "./redis.ts";
