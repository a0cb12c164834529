import { describe, expect, it } from "vitest";
import type { LogLine } from "../context.ts";
import { accountId, eventually, manualTimers, region } from "../services.fixture.ts";
import { startFunction } from "./lambda.fixture.ts";

describe("invoke", () => {
  it("refuses an unknown function and a payload that is no JSON", async () => {
    const { lambda } = await startFunction("export const handler = async () => 1;");
    await expect(lambda.invoke({ function: "other" })).rejects.toMatchObject({ code: "ResourceNotFoundException" });
    await expect(lambda.invoke({ function: "subject", payload: "{" })).rejects.toMatchObject({
      code: "InvalidRequestContentException",
    });
  });
});

describe("invoke (asynchronous)", () => {
  it("tries again after one and two minutes, then gives up", async () => {
    const lines: LogLine[] = [];
    const clock = manualTimers();
    const { lambda } = await startFunction(
      "export const handler = async () => { throw new Error('always'); };",
      {},
      { lines, timers: clock.timers },
    );
    expect(await lambda.invoke({ function: "subject", type: "Event" })).toMatchObject({ statusCode: 202, payload: "" });
    await clock.waitForNext();
    expect(clock.nextInMs()).toBe(60_000);
    clock.advance(60_000);
    await clock.waitForNext();
    expect(clock.nextInMs()).toBe(120_000);
    clock.advance(120_000);
    await eventually(() => expect(lines.some(({ line }) => line.includes("RetriesExhausted"))).toBe(true));
    expect(lines.filter(({ line }) => line.includes("Invoke Error"))).toHaveLength(3);
  });
});

describe("Invoke API", () => {
  it("answers over HTTP", async () => {
    const { lambda } = await startFunction(
      "export const handler = async (event) => { if (event.fail) throw new Error('no'); return event; };",
    );
    const post = (name: string, body: string) =>
      fetch(`${lambda.endpoint}/2015-03-31/functions/${name}/invocations`, { method: "POST", body });
    const fine = await post("subject", '{"a":1}');
    expect([fine.status, await fine.json()]).toEqual([200, { a: 1 }]);
    const failed = await post("subject", '{"fail":true}');
    expect([failed.status, failed.headers.get("x-amz-function-error")]).toEqual([200, "Unhandled"]);
    const unknown = await post("other", "{}");
    expect([unknown.status, unknown.headers.get("x-amzn-errortype")]).toEqual([404, "ResourceNotFoundException"]);
  });
});

describe("permits", () => {
  it("lets in a caller that a permission names, and nobody else", async () => {
    const { lambda } = await startFunction("export const handler = async () => 1;");
    const principal = "apigateway.amazonaws.com";
    const caller = {
      function: "subject",
      principal,
      sourceArn: `arn:aws:execute-api:${region}:${accountId}:abc/v1/GET/things/*`,
    };
    expect(lambda.permits(caller)).toBe(false);
    lambda.addPermission({
      function: "subject",
      statementId: "one",
      principal,
      sourceArn: `arn:aws:execute-api:${region}:${accountId}:abc/*/GET/*`,
    });
    expect(lambda.permits(caller)).toBe(true);
    expect(lambda.permits({ ...caller, principal: "events.amazonaws.com" })).toBe(false);
    expect(lambda.permits({ ...caller, sourceArn: caller.sourceArn.replace("GET", "PUT") })).toBe(false);
  });
});
