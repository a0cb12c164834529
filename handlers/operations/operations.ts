import type { Clock } from "../inventory/index.ts";
import type { Operations } from "../runtime/index.ts";
import { type FeedPorts, readFeeds } from "./feed-states.ts";
import { type QueuePorts, readQueues } from "./queue-states.ts";

export interface StatePorts extends QueuePorts, FeedPorts {
  readonly clock: Clock;
}

/** What is down is what one looks here for: its part is null, and the others are told. */
export function createStateOperations(ports: StatePorts): Operations<"operations"> {
  return {
    getOperations: async () => {
      const asOf = new Date(ports.clock()).toISOString();
      const [queues, fed] = await Promise.all([readQueues(ports), readFeeds(ports)]);
      return { status: 200, body: { asOf, queues, ...fed } };
    },
  };
}
