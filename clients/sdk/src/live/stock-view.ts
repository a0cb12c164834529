import type { Levels, StockLevel } from "./levels.ts";

/**
 * `connecting`: the numbers may be old. `live`: the service pushes changes. `polling`: the client has no WebSocket
 * address and polls levels. `failed`: the last attempt failed; the client tries again.
 */
export type StockState = "connecting" | "live" | "polling" | "failed";

export interface StockView {
  /** By location. */
  readonly levels: readonly StockLevel[];
  /** The sum over all levels. */
  readonly available: number;
  readonly state: StockState;
  /** The reason for the state `failed`. */
  readonly error: unknown;
}

export const emptyView: StockView = { levels: [], available: 0, state: "connecting", error: undefined };

export function viewOf(levels: Levels, state: StockState, error?: unknown): StockView {
  const sorted = [...levels.values()].sort((a, b) => (a.location < b.location ? -1 : 1));
  return { levels: sorted, available: sorted.reduce((sum, level) => sum + level.available, 0), state, error };
}

/** A source of stock views. */
export interface StockFeed {
  /** Sends and receives nothing until `wake`. */
  rest(): void;
  /** Retries immediately instead of after the planned wait. */
  wake(): void;
  /** Shows a topic, starting with the levels `held`, until the returned function is called. */
  follow(topic: string, held: readonly StockLevel[], show: (view: StockView) => void): () => void;
}
