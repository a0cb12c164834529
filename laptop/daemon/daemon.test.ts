import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endProcess, freePort, identify, removeEngineFolder } from "../engines/index.ts";
import { clientOptions } from "../testing/index.ts";
import { stopDaemon } from "./control.ts";
import { type Endpoints, readEndpoints } from "./endpoints.ts";
import type { DaemonOptions } from "./messages.ts";
import { runningDaemon } from "./record.ts";
import { type StatePaths, statePaths } from "./state-folder.ts";

const QueueName = "kept";
const portNames = [
  "api",
  "issuer",
  "dynamodb",
  "kinesis",
  "queuesAndBuckets",
  "postgres",
  "secrets",
  "lambda",
] as const;

let folder: string;
let options: DaemonOptions;
let paths: StatePaths;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "laptop-"));
  options = {
    folder: join(folder, "state"),
    output: join(folder, "out"),
    storage: "disk",
    audience: "some-api",
    variables: {},
    cloudModule: new URL("cloud.fixture.ts", import.meta.url).href,
  };
  paths = statePaths(options.folder);
  mkdirSync(options.output);
  mkdirSync(options.folder);
  writeFileSync(join(options.output, "cdk.tf.json"), "{}");
  // These are not the default ports, so a laptop cloud may run on this machine during the test.
  const ports = await Promise.all(portNames.map(async (name) => [name, await freePort()] as const));
  writeFileSync(paths.ports, JSON.stringify(Object.fromEntries(ports)));
});
afterEach(async () => {
  await stopDaemon(paths);
  removeEngineFolder(folder);
});

describe("up", () => {
  it("returns when every address answers, shows each step with its duration, and writes the addresses to a file", async () => {
    const { code, stdout, stderr } = await up();
    expect({ code, stderr }).toMatchObject({ code: 0 });
    for (const step of ["token issuer", "queues and buckets", "waiting until all answers"]) {
      expect(stderr).toMatch(new RegExp(`✓ +[0-9.]+ s  ${step}\n`));
    }
    const { api, issuer, aws } = endpoints();
    expect(stdout).toContain(String(api));
    expect((await fetch(String(api))).status).toBe(404);
    expect(Object.keys(aws)).toEqual(["sqs", "s3"]);
    expect(outputs()).toMatchObject({ service: { variables: { oidc_issuer: issuer } } });
  });

  it("returns immediately when the cloud already runs, and applies changed Terraform", async () => {
    await up();
    const daemon = runningDaemon(paths);
    const again = await up();
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining(`pid ${daemon?.pid}`) });
    expect(again.stderr).not.toContain("applying");
    writeFileSync(join(options.output, "cdk.tf.json"), "{ }");
    expect((await up()).stderr).toMatch(/changed a_thing.one\n.*✓ .*applying/);
    expect((await up()).stderr).not.toContain("applying");
    expect(runningDaemon(paths)?.pid).toBe(daemon?.pid);
  });

  it("starts one cloud for two commands at the same time", async () => {
    const both = await Promise.all([up(), up()]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(await up()).toMatchObject({ code: 0, stderr: expect.stringContaining("runs already") });
  });

  it("ends the engines of a killed daemon, and keeps state and addresses (SIGKILL)", async () => {
    await up();
    const before = endpoints();
    await send("one");
    const killed = await killDaemon();
    const orphan = engineRecord();
    expect(identify(orphan.pid)).toBeDefined();
    const { code, stderr } = await up();
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining(`pid ${orphan.pid}`) });
    expect(identify(orphan.pid)).toBeUndefined();
    expect(runningDaemon(paths)?.pid).not.toBe(killed);
    expect(endpoints()).toEqual(before);
    expect(await receive()).toEqual(["one"]);
  });

  it("does not end another process that has the pid of a killed daemon's engine", async () => {
    await up();
    await stopDaemon(paths);
    const record = join(paths.cloud, "engines", "queues-and-buckets", "process.json");
    writeFileSync(record, JSON.stringify({ pid: process.pid, startedAt: "1", stopSignal: "SIGTERM" }));
    expect((await up()).code).toBe(0);
    expect(engineRecord().pid).not.toBe(process.pid);
  });

  it("uses another port when one is taken, says so, and keeps that port", async () => {
    const { api } = JSON.parse(readFileSync(paths.ports, "utf8")) as { api: number };
    const stranger = createServer().listen(api, "127.0.0.1");
    const { code, stderr } = await up();
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`port ${api} for api is taken`),
    });
    const chosen = endpoints().api;
    await stopDaemon(paths);
    await new Promise((resolve) => stranger.close(resolve));
    await up();
    expect(endpoints().api).toBe(chosen);
  });

  it("says why it failed, and leaves nothing running (apply fails)", async () => {
    const { code, stderr } = await up({ variables: { fail: "no such queue" } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/✗ .*queues and buckets\nup failed: apply failed\n {2}because: no such queue/);
    expect(runningDaemon(paths)).toBeUndefined();
    expect(existsSync(join(paths.cloud, "engines", "queues-and-buckets", "process.json"))).toBe(false);
  });

  it("stops everything that it had started (interrupted by Ctrl-C)", async () => {
    const file = fileURLToPath(new URL("../commands/up.fixture.ts", import.meta.url));
    const child = spawn(process.execPath, [file, JSON.stringify({ ...options, variables: { hang: "yes" } })]);
    const exit = new Promise((resolve) => child.once("exit", resolve));
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
      if (!child.killed && /✓ .*queues and buckets/.test(stderr)) child.kill("SIGINT");
    });
    expect(await exit).toBe(1);
    expect(stderr).toContain("up failed: interrupted");
    expect(runningDaemon(paths)).toBeUndefined();
    expect(existsSync(join(paths.cloud, "engines", "queues-and-buckets", "process.json"))).toBe(false);
  });

  it("says that a synthesis is needed first (no output)", async () => {
    const { code, stderr } = await up({ output: join(folder, "none") });
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("synthesize first") });
  });
});

describe("apply", () => {
  it("applies another output to the running cloud, and shows the steps and the changes", async () => {
    await up();
    const other = join(folder, "other");
    mkdirSync(other);
    writeFileSync(join(other, "cdk.tf.json"), "{}");
    const { code, stderr } = await cli("apply", "--output", other);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/looking at it[\s\S]*changed/) });
    expect(outputs()).toMatchObject({ service: { applied: other } });
  });

  it("says why it refuses an output, and keeps the cloud running", async () => {
    await up();
    writeFileSync(join(options.output, "cdk.tf.json"), '{ "refused": 1 }');
    const { code, stderr } = await cli("apply", "--output", options.output);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("it was refused") });
    expect((await cli("status")).code).toBe(0);
    writeFileSync(join(options.output, "cdk.tf.json"), "{ }");
    expect((await cli("apply", "--output", options.output)).code).toBe(0);
  });

  it("refuses commands from users who cannot read its folder", async () => {
    await up();
    const { url } = runningDaemon(paths)?.control ?? {};
    expect((await fetch(`${url}/apply`, { method: "POST", body: "{}" })).status).toBe(401);
  });
});

describe("down and reset", () => {
  it("keeps state and addresses (down), then removes everything (reset)", async () => {
    await up();
    const before = endpoints();
    await send("one");
    const engine = engineRecord();
    expect(await cli("down")).toMatchObject({ code: 0, stderr: expect.stringContaining("stopped in") });
    expect(identify(engine.pid)).toBeUndefined();
    expect(await cli("down")).toMatchObject({ code: 0, stderr: "it does not run\n" });
    await up();
    expect(endpoints()).toEqual(before);
    expect(await receive()).toEqual(["one"]);
    expect((await cli("reset")).code).toBe(0);
    expect(existsSync(paths.root)).toBe(false);
  });

  it("ends the engines of a killed daemon (down after SIGKILL)", async () => {
    await up();
    await killDaemon();
    const orphan = engineRecord();
    expect(await cli("status")).toMatchObject({ code: 1, stdout: expect.stringContaining("killed or crashed") });
    expect(await cli("down")).toMatchObject({ code: 0, stderr: expect.stringContaining(`pid ${orphan.pid}`) });
    expect(identify(orphan.pid)).toBeUndefined();
  });
});

describe("token", () => {
  it("prints a token that the issuer's keys verify, and nothing else", async () => {
    await up();
    const args = ["--scopes", "things:read  things:write", "--subject", "ada", "--audience", "some-api"];
    const { stdout, stderr } = await cli("token", ...args);
    expect(stderr).toBe("");
    const { issuer } = endpoints();
    const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(stdout.trim(), keys, { issuer, audience: "some-api" });
    expect(payload).toMatchObject({ sub: "ada", scope: "things:read things:write" });
  });
});

describe("status and logs", () => {
  it("show which addresses answer and what was logged", async () => {
    await up();
    expect(await cli("status")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/runs[\s\S]*✓ api[\s\S]*✓ aws\.sqs/),
    });
    expect((await cli("logs")).stdout).toMatch(/laptop \| .* queues and buckets\n[\s\S]*laptop \| .* ready\n/);
  });
});

function up(changes: Partial<DaemonOptions> = {}) {
  return run("../commands/up.fixture.ts", [JSON.stringify({ ...options, ...changes })]);
}

function cli(command: string, ...args: string[]) {
  return run("../bin/laptop-cloud.js", [command, "--folder", options.folder, ...args]);
}

function run(script: string, args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

async function killDaemon(): Promise<number> {
  const daemon = runningDaemon(paths);
  if (daemon === undefined) throw new Error("the daemon does not run");
  await endProcess(daemon, { signal: "SIGKILL", graceMs: 10_000 });
  return daemon.pid;
}

function engineRecord(): { pid: number } {
  return JSON.parse(readFileSync(join(paths.cloud, "engines", "queues-and-buckets", "process.json"), "utf8"));
}

function endpoints(): Endpoints {
  const found = readEndpoints(paths);
  if (found === undefined) throw new Error(`${paths.endpoints} is missing`);
  return found;
}

function outputs(): unknown {
  return JSON.parse(readFileSync(paths.outputs, "utf8"));
}

function queues(): SQSClient {
  return new SQSClient(clientOptions(String(endpoints().aws.sqs)));
}

async function send(MessageBody: string): Promise<void> {
  const { QueueUrl } = await queues().send(new CreateQueueCommand({ QueueName }));
  await queues().send(new SendMessageCommand({ QueueUrl, MessageBody }));
}

async function receive(): Promise<(string | undefined)[]> {
  const { QueueUrl } = await queues().send(new GetQueueUrlCommand({ QueueName }));
  const { Messages = [] } = await queues().send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
  return Messages.map((message) => message.Body);
}
