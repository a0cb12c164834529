import type { Timers } from "../timers.ts";
import { nextFire, parseExpression, type ScheduleExpression } from "./expression.ts";
import type { ScheduleOptions } from "./schedule-service.ts";

/** A timer of the system holds some 24 days, so a longer wait is divided. */
const waitMsMax = 86_400_000;

/** Calls `onFire` each time that one schedule is due. */
export class ScheduleTimer {
  readonly #options: ScheduleOptions;
  readonly #timers: Timers;
  readonly #onFire: (atMs: number) => void;
  readonly #expression: ScheduleExpression;
  readonly #createdAtMs: number;
  #cancel: () => void = () => undefined;

  /** @throws Error when the schedule's expression is malformed */
  constructor(options: ScheduleOptions, ports: { readonly timers: Timers; readonly onFire: (atMs: number) => void }) {
    this.#options = options;
    this.#timers = ports.timers;
    this.#onFire = ports.onFire;
    this.#expression = parseExpression(options.expression, options.timezone);
    this.#createdAtMs = ports.timers.now();
  }

  start(): void {
    const { startAt, endAt } = this.#options;
    const startAtMs = startAt ? Date.parse(startAt) : this.#createdAtMs;
    const endAtMs = endAt ? Date.parse(endAt) : Number.POSITIVE_INFINITY;
    const after = Math.max(this.#timers.now(), startAtMs - 1);
    const atMs = nextFire(this.#expression, { after, startAt: startAtMs });
    if (atMs !== undefined && atMs <= endAtMs) this.#waitUntil(atMs);
  }

  stop(): void {
    this.#cancel();
  }

  #waitUntil(atMs: number): void {
    this.#cancel = this.#timers.after(Math.min(atMs - this.#timers.now(), waitMsMax), () => {
      if (this.#timers.now() < atMs) return this.#waitUntil(atMs);
      this.#onFire(atMs);
      this.start();
    });
  }
}
