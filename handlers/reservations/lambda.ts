import { connectCache, createLevelsChanged } from "../runtime/cache/index.ts";
import { connectEventBus } from "../runtime/events/event-publisher.ts";
import { bind, createHttpHandler, lazySqs, storePorts } from "../runtime/index.ts";
import { createReservationStore } from "../store/index.ts";
import { Environment } from "./environment.ts";
import { createAnnounceRefusal } from "./refusal-event.ts";
import { createReservationRoutes, reservationChecks } from "./routes.ts";
import { createSetTimer } from "./timer.ts";

const binding = bind(Environment);
const { environment, ports } = binding;
const { levelCache, rateLimiter } = connectCache(binding);
const sqs = lazySqs({ timeoutMs: 500, attemptCountMax: 2 });

export const handler = binding.metered(
  createHttpHandler({
    ...ports,
    function: "reservations",
    routes: createReservationRoutes({
      ...ports,
      store: createReservationStore(storePorts(binding)),
      setTimer: createSetTimer({ ...ports, sqs, queueUrl: environment.EXPIRY_QUEUE_URL }),
      levelsChanged: createLevelsChanged(levelCache),
      announceRefusal: createAnnounceRefusal({ ...ports, bus: connectEventBus(binding) }),
    }),
    checks: reservationChecks,
    rateLimiter,
  }),
);
