import {
  createLog,
  createMeter,
  lazyDynamoDb,
  metered,
  parseEnvironment,
  systemClock,
  systemIds,
  systemRandom,
  systemWait,
} from "../runtime/index.ts";
import { createDynamoDbClient, createReservationStore } from "../store/index.ts";
import { createSweepCursor } from "./cursor.ts";
import { Environment } from "./environment.ts";
import { createSweep } from "./sweep.ts";

const environment = parseEnvironment(Environment, process.env);
const meter = createMeter(environment);

export const handler = metered(
  meter,
  createSweep({
    store: createReservationStore({
      dynamoDb: createDynamoDbClient(),
      tables: { inventory: environment.INVENTORY_TABLE, requests: environment.REQUESTS_TABLE },
      clock: systemClock,
      ids: systemIds,
      random: systemRandom,
      wait: systemWait,
      meter,
    }),
    cursor: createSweepCursor(lazyDynamoDb({ timeoutMs: 1_000, attemptCountMax: 3 }), environment.REQUESTS_TABLE),
    clock: systemClock,
    ids: systemIds,
    log: createLog(environment),
    meter,
  }),
);
