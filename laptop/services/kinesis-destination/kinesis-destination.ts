import type { RunningShards } from "../streams/run-shards.ts";
import { type KinesisDestinationsOptions, startForwarding } from "./forward.ts";
import type { KinesisDestinationService } from "./kinesis-destination-service.ts";

/** Kinesis data streams for DynamoDB: forwards the changes of tables to Kinesis. */
export function createKinesisDestinations(options: KinesisDestinationsOptions): KinesisDestinationService {
  const running = new Map<string, RunningShards>();
  return {
    createKinesisDestination: async (destination) => {
      const id = `${destination.tableName},${destination.streamArn}`;
      await running.get(id)?.stop();
      running.set(id, await startForwarding(destination, id, options));
      return { id };
    },
    deleteKinesisDestination: async (id) => {
      await running.get(id)?.stop();
      running.delete(id);
    },
    stop: async () => {
      await Promise.all([...running.values()].map((forwarding) => forwarding.stop()));
    },
  };
}
