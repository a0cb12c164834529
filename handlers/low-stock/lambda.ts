import { connectEventBus } from "../runtime/events/event-publisher.ts";
import { bind, lazyDynamoDb } from "../runtime/index.ts";
import { Environment } from "./environment.ts";
import { createLowStock } from "./low-stock.ts";

const binding = bind(Environment);

export const handler = binding.metered(
  createLowStock({
    ...binding.ports,
    // A retried write may fail because of its own first attempt. Then the alert is read again and nothing is raised
    // twice.
    dynamoDb: lazyDynamoDb({ timeoutMs: 1_000, attemptCountMax: 3 }),
    alertsTable: binding.environment.ALERTS_TABLE,
    bus: connectEventBus(binding),
  }),
);
