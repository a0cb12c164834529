import { z } from "zod";
import type { ServiceState } from "../state.ts";
import type { Position } from "./record-stream.ts";

const Stored = z.discriminatedUnion("type", [
  z.object({ type: z.literal("oldest") }),
  z.object({ type: z.literal("after"), sequenceNumber: z.string() }),
  z.object({ type: z.literal("since"), at: z.number() }),
]);

/** The position of one consumer in each shard of a stream. */
export interface Checkpoints {
  get(shardId: string): Position | undefined;
  set(shardId: string, position: Position): void;
}

export function createCheckpoints(state: ServiceState, consumer: string): Checkpoints {
  const scope = `checkpoint/${consumer}`;
  return {
    get: (shardId) => {
      const stored = state.get(scope, shardId);
      return stored === undefined ? undefined : Stored.parse(JSON.parse(stored));
    },
    set: (shardId, position) => state.set(scope, shardId, JSON.stringify(position)),
  };
}
