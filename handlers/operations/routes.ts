import { type Clock, done } from "../inventory/index.ts";
import type { RouteHandlers } from "../runtime/index.ts";
import { type FeedPorts, readFeeds } from "./feed-states.ts";
import { type QueuePorts, readQueues } from "./queue-states.ts";

export interface StatePorts extends QueuePorts, FeedPorts {
  readonly clock: Clock;
}

/** Creates the route of operations. It answers even while a part of the system is down; that part's state is null. */
export function createOperationsRoutes(ports: StatePorts): RouteHandlers<"operations"> {
  return {
    getOperations: async () => {
      const asOf = new Date(ports.clock()).toISOString();
      const [queues, fed] = await Promise.all([readQueues(ports), readFeeds(ports)]);
      return done({ status: 200, body: { asOf, queues, ...fed } });
    },
  };
}
