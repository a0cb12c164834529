import { describe, expect, it } from "vitest";
import { ReservationId } from "../../contract/identifiers.ts";
import { lazy } from "./lazy.ts";
import { systemIds, systemWait } from "./system.ts";

describe("systemIds", () => {
  it("makes unique ids that the contract accepts: UUIDs of version 7 that start with their time", () => {
    const before = Date.now();
    const ids = Array.from({ length: 1_000 }, systemIds);
    expect(new Set(ids).size).toBe(1_000);
    for (const id of ids) {
      expect(ReservationId.parse(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(Number.parseInt(id.replace("-", "").slice(0, 12), 16)).toBeGreaterThanOrEqual(before);
    }
  });
});

describe("systemWait", () => {
  it("resolves when its signal aborts, and immediately when it was already aborted", async () => {
    const stop = new AbortController();
    const waited = systemWait(60_000, stop.signal);
    stop.abort();
    await waited;
    await systemWait(60_000, stop.signal);
  });
});

describe("lazy", () => {
  it("creates the value once, and tries again after a failed attempt", async () => {
    let made = 0;
    const get = lazy(async () => {
      made++;
      if (made === 1) throw new Error("not yet");
      return made;
    });
    await expect(get()).rejects.toThrow("not yet");
    expect(await get()).toBe(2);
    expect(await get()).toBe(2);
  });
});
