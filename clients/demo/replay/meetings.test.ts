import { describe, expect, it } from "vitest";
import { Meetings } from "./meetings.ts";

describe("Meetings", () => {
  it("reports a meeting on a level only while a command on it is in progress", async () => {
    const meetings = new Meetings();
    const gate = Promise.withResolvers<void>();
    const first = meetings.during(["a", "b"], () => gate.promise);
    const second = meetings.during(["b"], () => gate.promise);
    expect([meetings.meets(["b", "c"]), meetings.meets(["c"])]).toEqual([true, false]);
    gate.resolve();
    await Promise.all([first, second]);
    expect(meetings.meets(["a", "b"])).toBe(false);
  });

  it("frees the level when the command throws", async () => {
    const meetings = new Meetings();
    await expect(meetings.during(["a"], () => Promise.reject(new Error("down")))).rejects.toThrow("down");
    expect(meetings.meets(["a"])).toBe(false);
  });
});
