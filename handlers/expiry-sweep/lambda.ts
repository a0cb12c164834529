import { bind, lazyDynamoDb, storePorts } from "../runtime/index.ts";
import { createReservationStore } from "../store/index.ts";
import { createSweepCursor } from "./cursor.ts";
import { Environment } from "./environment.ts";
import { createSweep } from "./sweep.ts";

const binding = bind(Environment);
const dynamoDb = lazyDynamoDb({ timeoutMs: 1_000, attemptCountMax: 3 });

export const handler = binding.metered(
  createSweep({
    ...binding.ports,
    store: createReservationStore(storePorts(binding)),
    cursor: createSweepCursor(dynamoDb, binding.environment.REQUESTS_TABLE),
  }),
);
