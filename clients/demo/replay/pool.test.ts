import { describe, expect, it } from "vitest";
import { forEachConcurrently } from "./pool.ts";

describe("forEachConcurrently", () => {
  it("processes every entry, never more at a time than allowed, and reads no entry early", async () => {
    let taken = 0;
    let atOnce = 0;
    let atOnceMax = 0;
    const done: number[] = [];
    async function* entries() {
      for (let entry = 0; entry < 20; entry += 1) {
        taken += 1;
        expect(taken - done.length).toBeLessThanOrEqual(4);
        yield entry;
      }
    }
    await forEachConcurrently(entries(), 4, async (entry) => {
      atOnce += 1;
      atOnceMax = Math.max(atOnceMax, atOnce);
      await new Promise(setImmediate);
      atOnce -= 1;
      done.push(entry);
    });
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(atOnceMax).toBe(4);
  });

  it("ends at the first error, after the work in progress", async () => {
    const done: number[] = [];
    const work = async (entry: number) => {
      await new Promise(setImmediate);
      if (entry === 3) throw new Error("entry 3");
      done.push(entry);
    };
    await expect(forEachConcurrently([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 2, work)).rejects.toThrow("entry 3");
    expect(done.length).toBeLessThan(6);
  });
});
