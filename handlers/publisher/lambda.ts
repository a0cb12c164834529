import { parseEnvironment } from "../runtime/environment.ts";
import { createEventBus, lazyPutEvents } from "../runtime/events/event-bus.ts";
import { createLog } from "../runtime/observability/log.ts";
import { createMeter, metered } from "../runtime/observability/meter.ts";
import { systemClock, systemRandom, systemWait } from "../runtime/system.ts";
import { createQuarantine, lazyQuarantineClient } from "../runtime/table-change/index.ts";
import { Environment } from "./environment.ts";
import { createPublisher } from "./handler.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const meter = createMeter(environment);

export const handler = metered(
  meter,
  createPublisher({
    bus: createEventBus({
      putEvents: lazyPutEvents(),
      busName: environment.EVENT_BUS,
      wait: systemWait,
      random: systemRandom,
      onRefused: (reasons) => log.warn("the bus did not take events", { reasons: [...new Set(reasons)] }),
    }),
    quarantine: createQuarantine(lazyQuarantineClient(), {
      bucket: environment.QUARANTINE_BUCKET,
      folder: "publisher",
    }),
    clock: systemClock,
    log,
    meter,
  }),
);
