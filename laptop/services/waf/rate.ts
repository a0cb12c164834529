import type { Timers } from "../timers.ts";
import { headerValues } from "./request-part.ts";
import type { RateStatement, WebRequest } from "./web-acl.ts";

/** https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html */
const keysMax = 10_000;

export interface RateCounters {
  /** Counts the request. @returns whether its key is above the limit now */
  exceeds(statement: RateStatement, request: WebRequest): boolean;
}

/** Requests by key, in a window that moves by the second. AWS counts only every few seconds, so it lets more requests through. */
export function createRateCounters(timers: Timers): RateCounters {
  const windows = new Map<RateStatement, Map<string, SlidingWindow>>();
  return {
    exceeds: (statement, request) => {
      const key = keyOf(statement, request);
      if (typeof key === "boolean") return key;
      const byKey = windows.get(statement) ?? new Map<string, SlidingWindow>();
      windows.set(statement, byKey);
      const window = byKey.get(key) ?? new SlidingWindow(statement.windowSeconds);
      // A key moves to the end with each request, so that the first key is the one without a request for longest.
      byKey.delete(key);
      byKey.set(key, window);
      const [oldest] = byKey.keys();
      if (byKey.size > keysMax && oldest !== undefined) byKey.delete(oldest);
      return window.add(Math.floor(timers.now() / 1_000)) > statement.limit;
    },
  };
}

/** The key of the request; for a request without one, whether the rule matches. */
function keyOf({ key }: RateStatement, request: WebRequest): string | boolean {
  if (key.by === "constant") return "";
  if (key.by === "ip") return request.clientIp;
  const [first] = headerValues(request, key.header)[0]?.split(",") ?? [];
  const address = first?.trim() ?? "";
  if (address === "") return false;
  return /^[0-9a-f.:]+$/i.test(address) ? address : key.fallback === "MATCH";
}

class SlidingWindow {
  /** Requests in each second of the window, at the index `second % window`. */
  readonly #counts: Uint32Array;
  #lastSecond = 0;
  #total = 0;

  constructor(seconds: number) {
    this.#counts = new Uint32Array(seconds);
  }

  /** Counts one request. @returns how many came within the window */
  add(second: number): number {
    this.#forget(second);
    const place = second % this.#counts.length;
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    this.#total += 1;
    return this.#total;
  }

  #forget(second: number): void {
    const passed = Math.min(second - this.#lastSecond, this.#counts.length);
    for (let back = 0; back < passed; back += 1) {
      const place = (second - back) % this.#counts.length;
      this.#total -= this.#counts[place] ?? 0;
      this.#counts[place] = 0;
    }
    if (second > this.#lastSecond) this.#lastSecond = second;
  }
}
