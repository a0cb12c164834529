import { bind, lazySqs, storePorts } from "../runtime/index.ts";
import { createReservationStore } from "../store/index.ts";
import { Environment } from "./environment.ts";
import { createExpiryHandler } from "./expire.ts";

const binding = bind(Environment);

export const handler = binding.metered(
  createExpiryHandler({
    ...binding.ports,
    store: createReservationStore(storePorts(binding)),
    sqs: lazySqs({ timeoutMs: 2_000, attemptCountMax: 3 }),
    queueUrl: binding.environment.EXPIRY_QUEUE_URL,
  }),
);
