import { connectEventBus } from "../runtime/events/event-publisher.ts";
import { bind, lazyDynamoDb } from "../runtime/index.ts";
import { Environment } from "./environment.ts";
import { createLowStock } from "./low-stock.ts";

const binding = bind(Environment);

export const handler = binding.metered(
  createLowStock({
    ...binding.ports,
    // A repeated write finds its own revision and is read again: nothing is judged twice.
    dynamoDb: lazyDynamoDb({ timeoutMs: 1_000, attemptCountMax: 3 }),
    alertsTable: binding.environment.ALERTS_TABLE,
    bus: connectEventBus(binding),
  }),
);
