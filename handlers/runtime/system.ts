import { randomBytes } from "node:crypto";
import type { Clock, Ids, Random, Wait } from "../inventory/index.ts";

/** The real clock. Only code that binds a function uses the ports of this file. */
export const systemClock: Clock = () => Date.now();

export const systemRandom: Random = () => Math.random();

export const systemWait: Wait = (waitMs, signal) =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, waitMs);
    if (signal?.aborted) done();
    else signal?.addEventListener("abort", done);
  });

/** UUID version 7 (RFC 9562, section 5.7): 48 bits of epoch milliseconds, then random bits. */
export const systemIds: Ids = () => {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(systemClock(), 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
};
