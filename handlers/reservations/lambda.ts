import { connectCache, createLevelsChanged } from "../runtime/cache/index.ts";
import { createEventBus, lazyPutEvents } from "../runtime/events/event-bus.ts";
import {
  createHttpHandler,
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
import { createAnnounceRefusal } from "./refusal-event.ts";
import { createReservationRoutes, reservationChecks } from "./routes.ts";
import { createSetTimer } from "./timer.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const meter = createMeter(environment);
const { levelCache, rateLimiter } = connectCache(environment, { clock: systemClock, log, meter });

export const handler = metered(
  meter,
  createHttpHandler({
    function: "reservations",
    routes: createReservationRoutes({
      store: createReservationStore({
        dynamoDb: createDynamoDbClient(),
        tables: { inventory: environment.INVENTORY_TABLE, requests: environment.REQUESTS_TABLE },
        clock: systemClock,
        ids: systemIds,
        random: systemRandom,
        wait: systemWait,
        meter,
      }),
      setTimer: createSetTimer({
        sqs: lazySqs({ timeoutMs: 500, attemptCountMax: 2 }),
        queueUrl: environment.EXPIRY_QUEUE_URL,
        clock: systemClock,
        log,
        meter,
      }),
      levelsChanged: createLevelsChanged(levelCache),
      log,
      announceRefusal: createAnnounceRefusal({
        bus: createEventBus({
          putEvents: lazyPutEvents(),
          busName: environment.EVENT_BUS,
          wait: systemWait,
          random: systemRandom,
          onRefused: (reasons) => log.warn("the bus did not take events", { reasons }),
        }),
        clock: systemClock,
        wait: systemWait,
        log,
        meter,
      }),
      meter,
    }),
    checks: reservationChecks,
    rateLimiter,
    clock: systemClock,
    ids: systemIds,
    log,
    meter,
  }),
);
