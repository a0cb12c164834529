import {
  createLog,
  createMeter,
  lazySqs,
  metered,
  parseEnvironment,
  systemClock,
  systemIds,
  systemRandom,
  systemWait,
} from "../runtime/index.ts";
import { createDynamoDbClient, createReservationStore } from "../store/index.ts";
import { Environment } from "./environment.ts";
import { createExpiryHandler } from "./expire.ts";

const environment = parseEnvironment(Environment, process.env);
const meter = createMeter(environment);

export const handler = metered(
  meter,
  createExpiryHandler({
    store: createReservationStore({
      dynamoDb: createDynamoDbClient(),
      tables: { inventory: environment.INVENTORY_TABLE, requests: environment.REQUESTS_TABLE },
      clock: systemClock,
      ids: systemIds,
      random: systemRandom,
      wait: systemWait,
      meter,
    }),
    sqs: lazySqs({ timeoutMs: 2_000, attemptCountMax: 3 }),
    queueUrl: environment.EXPIRY_QUEUE_URL,
    clock: systemClock,
    ids: systemIds,
    log: createLog(environment),
    meter,
  }),
);
