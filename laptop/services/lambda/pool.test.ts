import { describe, expect, it } from "vitest";
import type { LogLine } from "../context.ts";
import { startFunction } from "./lambda.fixture.ts";

describe("a pool", () => {
  it("runs one invocation at a time in an instance, and starts more instances when invocations wait", async () => {
    const { invoke } = await startFunction(
      "let at = 0; export const handler = async () => { at++; const seen = at; await new Promise((r) => setTimeout(r, 150)); at--; return seen; };",
    );
    const results = await Promise.all(Array.from({ length: 4 }, () => invoke()));
    expect(results.map(({ value }) => value)).toEqual([1, 1, 1, 1]);
  });

  it("starts one instance for one caller, however long the start takes", async () => {
    const lines: LogLine[] = [];
    const source = `console.log("started"); const until = Date.now() + 100; while (Date.now() < until);
      export const handler = () => new Promise((resolve) => setTimeout(resolve, 20));`;
    const { invoke } = await startFunction(source, {}, { lines });
    for (let count = 0; count < 20; count += 1) await invoke();
    expect(lines.map(({ line }) => line)).toEqual(["started"]);
  });

  it("starts no second instance when the first one is free sooner than a second one would start", async () => {
    const lines: LogLine[] = [];
    const source = `console.log("started"); const until = Date.now() + 500; while (Date.now() < until);
      export const handler = () => new Promise((resolve) => setTimeout(resolve, 5));`;
    const { invoke } = await startFunction(source, {}, { lines });
    await Promise.all(Array.from({ length: 10 }, () => invoke()));
    expect(lines.map(({ line }) => line)).toEqual(["started"]);
  });

  it("refuses more invocations than the reserved concurrency", async () => {
    const { invoke } = await startFunction("export const handler = () => new Promise((r) => setTimeout(r, 100));", {
      reservedConcurrency: 1,
    });
    const [first, second] = await Promise.allSettled([invoke(), invoke()]);
    expect(first.status).toBe("fulfilled");
    expect(second).toMatchObject({ status: "rejected", reason: { code: "TooManyRequestsException" } });
  });
});
