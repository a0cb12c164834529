import type { Levels, StockLevel } from "./levels.ts";

/**
 * `connecting`: what is shown may be old. `live`: changes arrive by themselves. `polling`: the deployment names no
 * WebSocket, levels are read again and again. `failed`: the last try was refused; it is tried again.
 */
export type StockState = "connecting" | "live" | "polling" | "failed";

export interface StockView {
  /** By location. */
  readonly levels: readonly StockLevel[];
  /** Of all levels together. */
  readonly available: number;
  readonly state: StockState;
  /** Why the state is `failed`. */
  readonly error: unknown;
}

export const emptyView: StockView = { levels: [], available: 0, state: "connecting", error: undefined };

export function viewOf(levels: Levels, state: StockState, error?: unknown): StockView {
  const sorted = [...levels.values()].sort((a, b) => (a.location < b.location ? -1 : 1));
  return { levels: sorted, available: sorted.reduce((sum, level) => sum + level.available, 0), state, error };
}

/** Feeds a view of one topic for as long as somebody looks at it. */
export interface StockFeed {
  /** Neither asks nor listens until it is woken up. */
  rest(): void;
  /** Tries at once what waits for its next try. */
  wake(): void;
  /** Goes on from the levels that are held already. */
  follow(topic: string, held: readonly StockLevel[], show: (view: StockView) => void): () => void;
}
