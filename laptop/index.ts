export {
  type Engine,
  type EngineOptions,
  endEngines,
  freePort,
  identify,
  removeEngineFolder,
  startDynamoDb,
  startKinesis,
  startPostgres,
  startQueuesAndBuckets,
  startRedis,
} from "./engines/index.ts";
