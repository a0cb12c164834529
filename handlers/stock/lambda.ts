import {
  createHttpHandler,
  createLog,
  parseEnvironment,
  systemClock,
  systemIds,
  systemRandom,
  systemWait,
} from "../runtime/index.ts";
import { createDynamoDbClient, createStockStore } from "../store/index.ts";
import { Environment } from "./environment.ts";
import { createStockOperations, stockChecks } from "./operations.ts";

const environment = parseEnvironment(Environment, process.env);

export const handler = createHttpHandler({
  function: "stock",
  operations: createStockOperations({
    store: createStockStore({
      dynamoDb: createDynamoDbClient(),
      tables: { inventory: environment.INVENTORY_TABLE, requests: environment.REQUESTS_TABLE },
      clock: systemClock,
      ids: systemIds,
      random: systemRandom,
      wait: systemWait,
    }),
    clock: systemClock,
  }),
  checks: stockChecks,
  clock: systemClock,
  ids: systemIds,
  log: createLog(environment),
});
