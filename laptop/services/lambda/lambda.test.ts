import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { LogLine } from "../context.ts";
import {
  accountId,
  contextOf,
  deploy,
  eventually,
  manualTimers,
  region,
  startLambdaWith,
  temporaryFolder,
} from "../services.fixture.ts";
import type { FunctionOptions, LambdaService } from "./lambda-service.ts";

const started: LambdaService[] = [];

async function start(
  source: string,
  options: Partial<FunctionOptions> = {},
  given: Parameters<typeof contextOf>[0] = {},
) {
  const setup = await startLambdaWith(contextOf(given), source, options);
  started.push(setup.lambda);
  const invoke = async (event: unknown = {}) => {
    const result = await setup.lambda.invoke({ function: "subject", payload: JSON.stringify(event) });
    return { ...result, value: JSON.parse(result.payload) };
  };
  return { ...setup, invoke };
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((lambda) => lambda.stop()));
});

describe("invoke", () => {
  it("answers what the handler returns and keeps its state between invocations", async () => {
    const { invoke } = await start("let n = 0; export const handler = async (event) => ({ n: ++n, event });");
    expect(await invoke({ a: 1 })).toMatchObject({ statusCode: 200, value: { n: 1, event: { a: 1 } } });
    expect(await invoke({ a: 2 })).toMatchObject({ statusCode: 200, value: { n: 2, event: { a: 2 } } });
  });

  it("gives the handler Lambda's variables, its own and nothing of the machine", async () => {
    const { invoke, description } = await start("export const handler = async () => process.env;", {
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

  it("gives the handler a context that counts down", async () => {
    const { invoke } = await start(
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

  it("reports what the handler throws as Lambda does and goes on with the same instance", async () => {
    const { invoke } = await start(
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

  it("ends an instance whose handler runs past its timeout and starts another (endless loop)", async () => {
    const { invoke } = await start("export const handler = async (event) => { while (event.loop); return 'fine'; };", {
      timeoutSeconds: 0.3,
    });
    const stuck = await invoke({ loop: true });
    expect(stuck.functionError).toBe("Unhandled");
    expect(stuck.value).toEqual({
      errorType: "Sandbox.Timedout",
      errorMessage: `RequestId: ${stuck.requestId} Error: Task timed out after 0.30 seconds`,
    });
    expect((await invoke({})).value).toBe("fine");
  });

  it("reports a function that ends its process", async () => {
    const { invoke } = await start("export const handler = async () => process.exit(3);");
    expect((await invoke()).value).toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringContaining("exit status 3"),
    });
  });

  it("reports a rejection that nothing catches", async () => {
    const { invoke } = await start(
      "export const handler = () => { void Promise.reject(new Error('lost')); return new Promise(() => {}); };",
    );
    expect((await invoke()).value).toMatchObject({
      errorType: "Runtime.UnhandledPromiseRejection",
      errorMessage: "Error: lost",
    });
  });

  it("answers an initialisation that throws to the invocation that waited for it", async () => {
    const { invoke } = await start("throw new Error('no table name'); export const handler = async () => 1;");
    expect((await invoke()).value).toMatchObject({ errorType: "Error", errorMessage: "no table name" });
  });

  it("names a handler that the bundle does not export", async () => {
    const { invoke } = await start("export const handler = 1;", { handler: "index.main" });
    expect((await invoke()).value).toMatchObject({ errorType: "Runtime.HandlerNotFound" });
  });

  it("does not lend the function a package that its bundle lacks", async () => {
    const { invoke } = await start(
      "export const handler = async () => { const name = 'zod'; return Object.keys(await import(name)); };",
    );
    expect((await invoke()).value).toMatchObject({ errorMessage: expect.stringContaining("zod") });
  });

  it("runs one invocation at a time in an instance and starts more when they wait", async () => {
    const { invoke } = await start(
      "let at = 0; export const handler = async () => { at++; const seen = at; await new Promise((r) => setTimeout(r, 150)); at--; return seen; };",
    );
    const results = await Promise.all(Array.from({ length: 4 }, () => invoke()));
    expect(results.map(({ value }) => value)).toEqual([1, 1, 1, 1]);
  });

  it("starts one instance for one caller, however long that takes", async () => {
    const lines: LogLine[] = [];
    const source = `console.log("started"); const until = Date.now() + 100; while (Date.now() < until);
      export const handler = () => new Promise((resolve) => setTimeout(resolve, 20));`;
    const { invoke } = await start(source, {}, { lines });
    for (let count = 0; count < 20; count += 1) await invoke();
    expect(lines.map(({ line }) => line)).toEqual(["started"]);
  });

  it("starts no other for what one serves sooner than another starts", async () => {
    const lines: LogLine[] = [];
    const source = `console.log("started"); const until = Date.now() + 500; while (Date.now() < until);
      export const handler = () => new Promise((resolve) => setTimeout(resolve, 5));`;
    const { invoke } = await start(source, {}, { lines });
    await Promise.all(Array.from({ length: 10 }, () => invoke()));
    expect(lines.map(({ line }) => line)).toEqual(["started"]);
  });

  it("refuses what goes past the reserved concurrency", async () => {
    const { invoke } = await start("export const handler = () => new Promise((r) => setTimeout(r, 100));", {
      reservedConcurrency: 1,
    });
    const [first, second] = await Promise.allSettled([invoke(), invoke()]);
    expect(first.status).toBe("fulfilled");
    expect(second).toMatchObject({ status: "rejected", reason: { code: "TooManyRequestsException" } });
  });

  it("refuses an unknown function and a payload that is no JSON", async () => {
    const { lambda } = await start("export const handler = async () => 1;");
    await expect(lambda.invoke({ function: "other" })).rejects.toMatchObject({ code: "ResourceNotFoundException" });
    await expect(lambda.invoke({ function: "subject", payload: "{" })).rejects.toMatchObject({
      code: "InvalidRequestContentException",
    });
  });

  it("runs new code after the function is created again", async () => {
    const { lambda, invoke } = await start("export const handler = async () => 'old';");
    expect((await invoke()).value).toBe("old");
    await deploy(lambda, "export const handler = async () => 'new';");
    expect((await invoke()).value).toBe("new");
  });

  it("finishes what runs on the old code, and gives what comes next to the new (code changed)", async () => {
    const folder = temporaryFolder();
    const [began, gate] = [join(folder, "began"), join(folder, "gate")];
    const { lambda, invoke } = await start(`import { existsSync, writeFileSync } from "node:fs";
      export const handler = async () => {
        writeFileSync(${JSON.stringify(began)}, "");
        while (!existsSync(${JSON.stringify(gate)})) await new Promise((next) => setTimeout(next, 5));
        return "old";
      };`);
    const running = invoke();
    await eventually(() => expect(existsSync(began)).toBe(true));
    const { codeSha256 } = await deploy(lambda, "export const handler = async () => 'new';");
    expect((await invoke()).value).toBe("new");
    writeFileSync(gate, "");
    expect((await running).value).toBe("old");
    expect(lambda.describeFunction("subject")?.codeSha256).toBe(codeSha256);
  });

  it("keeps the old code when the new does not load, and says why", async () => {
    const { lambda, invoke } = await start("export const handler = async () => 'old';");
    await expect(deploy(lambda, "throw new RangeError('no such thing');")).rejects.toThrow(
      "the new code of subject does not load, so the old one goes on: RangeError: no such thing",
    );
    expect((await invoke()).value).toBe("old");
    await deploy(lambda, "export const handler = async () => 'mended';");
    expect((await invoke()).value).toBe("mended");
  });

  it("keeps its instances when created again as it is, and gives new ones another variable", async () => {
    const counter = "let n = 0; export const handler = async () => [++n, process.env.WHO];";
    const { lambda, invoke } = await start(counter, { environment: { WHO: "one" } });
    await invoke();
    await deploy(lambda, counter, { environment: { WHO: "one" } });
    expect((await invoke()).value).toEqual([2, "one"]);
    await deploy(lambda, counter, { environment: { WHO: "two" } });
    expect((await invoke()).value).toEqual([1, "two"]);
  });

  it("knows a function no more that was deleted, once what it runs has ended", async () => {
    const { lambda, invoke } = await start(
      "export const handler = async () => { await new Promise((done) => setTimeout(done, 50)); return 'done'; };",
    );
    const running = invoke();
    lambda.deleteFunction("subject");
    await expect(invoke()).rejects.toMatchObject({ code: "ResourceNotFoundException" });
    expect((await running).value).toBe("done");
  });

  it("logs each line that the function prints under its name", async () => {
    const lines: LogLine[] = [];
    const { invoke } = await start(
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

describe("invoke (asynchronous)", () => {
  it("tries again after one and two minutes, then gives up", async () => {
    const lines: LogLine[] = [];
    const clock = manualTimers();
    const { lambda } = await start(
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
    const { lambda } = await start(
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
  it("lets in whom a permission names, and nobody else", async () => {
    const { lambda } = await start("export const handler = async () => 1;");
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
