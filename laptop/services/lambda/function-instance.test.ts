import { describe, expect, it } from "vitest";
import type { LogLine } from "../context.ts";
import { accountId, eventually, region } from "../services.fixture.ts";
import { startFunction } from "./lambda.fixture.ts";

describe("an instance", () => {
  it("answers what the handler returns, and keeps its state between invocations", async () => {
    const { invoke } = await startFunction("let n = 0; export const handler = async (event) => ({ n: ++n, event });");
    expect(await invoke({ a: 1 })).toMatchObject({ statusCode: 200, value: { n: 1, event: { a: 1 } } });
    expect(await invoke({ a: 2 })).toMatchObject({ statusCode: 200, value: { n: 2, event: { a: 2 } } });
  });

  it("gives the handler Lambda's variables and its own, and no variables of the machine", async () => {
    const { invoke, description } = await startFunction("export const handler = async () => process.env;", {
      environment: { STAGE: "test" },
      memoryMb: 256,
    });
    const { value } = await invoke();
    expect(value).toMatchObject({
      AWS_LAMBDA_FUNCTION_NAME: "subject",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: description.accessKeyId,
      STAGE: "test",
      _HANDLER: "index.handler",
    });
    expect(Object.keys(value)).not.toContain("HOME");
  });

  it("gives the handler a context whose remaining time decreases", async () => {
    const { invoke } = await startFunction(
      "export const handler = async (_, context) => ({ ...context, left: context.getRemainingTimeInMillis() });",
      { timeoutSeconds: 7 },
    );
    const { value, requestId } = await invoke();
    expect(value).toMatchObject({
      awsRequestId: requestId,
      functionName: "subject",
      invokedFunctionArn: `arn:aws:lambda:${region}:${accountId}:function:subject`,
    });
    expect(value.left).toBeGreaterThan(0);
    expect(value.left).toBeLessThanOrEqual(7_000);
  });

  it("cannot import a package of this machine that is not in its bundle", async () => {
    const { invoke } = await startFunction(
      "export const handler = async () => { const name = 'zod'; return Object.keys(await import(name)); };",
    );
    expect((await invoke()).value).toMatchObject({ errorMessage: expect.stringContaining("zod") });
  });

  it("logs each line that the function prints, under the function's name", async () => {
    const lines: LogLine[] = [];
    const { invoke } = await startFunction(
      "export const handler = async () => { console.log('one\\ntwo'); console.error('three'); };",
      {},
      { lines },
    );
    await invoke();
    await eventually(() => expect(lines).toHaveLength(3));
    expect(lines.map(({ source }) => source)).toEqual(["lambda/subject", "lambda/subject", "lambda/subject"]);
    expect(lines.map(({ line }) => line).sort()).toEqual(["one", "three", "two"]);
  });
});

describe("a failure", () => {
  it("that the handler throws is reported as by Lambda, and the instance stays", async () => {
    const { invoke } = await startFunction(
      "let n = 0; export const handler = async () => { n++; if (n === 1) throw new RangeError('too far'); return n; };",
    );
    expect(await invoke()).toMatchObject({
      statusCode: 200,
      functionError: "Unhandled",
      value: {
        errorType: "RangeError",
        errorMessage: "too far",
        trace: expect.arrayContaining(["RangeError: too far"]),
      },
    });
    expect((await invoke()).value).toBe(2);
  });

  it("by time-out ends the instance, and another one starts (endless loop)", async () => {
    const { invoke } = await startFunction(
      "export const handler = async (event) => { while (event.loop); return 'fine'; };",
      {
        timeoutSeconds: 0.3,
      },
    );
    const stuck = await invoke({ loop: true });
    expect(stuck.functionError).toBe("Unhandled");
    expect(stuck.value).toEqual({
      errorType: "Sandbox.Timedout",
      errorMessage: `RequestId: ${stuck.requestId} Error: Task timed out after 0.30 seconds`,
    });
    expect((await invoke({})).value).toBe("fine");
  });

  it("is reported when the function ends its process", async () => {
    const { invoke } = await startFunction("export const handler = async () => process.exit(3);");
    expect((await invoke()).value).toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringContaining("exit status 3"),
    });
  });

  it("is reported when a rejection is not caught", async () => {
    const { invoke } = await startFunction(
      "export const handler = () => { void Promise.reject(new Error('lost')); return new Promise(() => {}); };",
    );
    expect((await invoke()).value).toMatchObject({
      errorType: "Runtime.UnhandledPromiseRejection",
      errorMessage: "Error: lost",
    });
  });

  it("of the initialisation is the answer to the waiting invocation", async () => {
    const { invoke } = await startFunction("throw new Error('no table name'); export const handler = async () => 1;");
    expect((await invoke()).value).toMatchObject({ errorType: "Error", errorMessage: "no table name" });
  });

  it("is reported when the bundle does not export the handler", async () => {
    const { invoke } = await startFunction("export const handler = 1;", { handler: "index.main" });
    expect((await invoke()).value).toMatchObject({ errorType: "Runtime.HandlerNotFound" });
  });
});
