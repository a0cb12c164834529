import type { Position } from "../streams/record-stream.ts";
import { type RunningShards, runShards } from "../streams/run-shards.ts";
import { compileFilter } from "./filter.ts";
import { ShardPoller, type ShardPollerOptions } from "./shard-poller.ts";

export type StreamPollerOptions<Raw> = Omit<ShardPollerOptions<Raw>, "passesFilter">;

/** Feeds a function from all shards of a stream. */
export function startStreamPoller<Raw>(options: StreamPollerOptions<Raw>): Promise<RunningShards> {
  const { mapping, source, checkpoints, log } = options;
  const passesFilter = compileFilter(mapping.filterPatterns);
  return runShards({
    stream: source.stream,
    checkpoints,
    first: firstPosition(options),
    work: (reader, signal) => new ShardPoller({ ...options, passesFilter }, reader, signal).poll(),
    onFault: (error) => log(`polling failed: ${String(error)}`),
  });
}

function firstPosition<Raw>({ mapping, timers }: StreamPollerOptions<Raw>): Position {
  switch (mapping.startingPosition) {
    case "TRIM_HORIZON":
      return { type: "oldest" };
    case "LATEST":
      return { type: "since", at: timers.now() };
    case "AT_TIMESTAMP":
      return { type: "since", at: Date.parse(mapping.startingPositionTimestamp ?? "") };
    case undefined:
      throw new Error(`the mapping of ${mapping.eventSourceArn} needs a starting position`);
  }
}
