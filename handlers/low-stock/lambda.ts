import { lazyDynamoDb } from "../runtime/aws/clients.ts";
import { parseEnvironment } from "../runtime/environment.ts";
import { createEventBus, lazyPutEvents } from "../runtime/events/event-bus.ts";
import { createLog } from "../runtime/observability/log.ts";
import { createMeter, metered } from "../runtime/observability/meter.ts";
import { systemClock, systemRandom, systemWait } from "../runtime/system.ts";
import { Environment } from "./environment.ts";
import { createLowStock } from "./handler.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const meter = createMeter(environment);

export const handler = metered(
  meter,
  createLowStock({
    // A repeated write finds its own revision and is read again: nothing is judged twice.
    dynamoDb: lazyDynamoDb({ timeoutMs: 1_000, attemptCountMax: 3 }),
    alertsTable: environment.ALERTS_TABLE,
    bus: createEventBus({
      putEvents: lazyPutEvents(),
      busName: environment.EVENT_BUS,
      wait: systemWait,
      random: systemRandom,
      onRefused: (reasons) => log.warn("the bus did not take events", { reasons: [...new Set(reasons)] }),
    }),
    clock: systemClock,
    random: systemRandom,
    wait: systemWait,
    log,
    meter,
  }),
);
