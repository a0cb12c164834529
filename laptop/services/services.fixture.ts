import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { zipSync } from "fflate";
import { afterAll, vi } from "vitest";
import type { EngineEndpoints, LogLine, ServiceContext } from "./context.ts";
import { startLambda } from "./lambda/lambda.ts";
import type { FunctionOptions, LambdaService } from "./lambda/lambda-service.ts";
import { systemTimers, type Timers } from "./timers.ts";

export const region = "eu-west-1";
export const accountId = "000000000000";
const nowhere = "http://127.0.0.1:9";

const folders: string[] = [];

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "services-"));
  folders.push(folder);
  return folder;
}

/** Only at the end of the test file: services of its other tests may still use their folders. */
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Bundles TypeScript as a deployment does, and zips it. Returns the path of the zip. */
export async function bundleFunction(source: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, loader: "ts", resolveDir: import.meta.dirname },
    bundle: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    write: false,
  });
  const zip = join(temporaryFolder(), "bundle.zip");
  // The same source must always make the same zip: a changed zip would count as new code.
  const mtime = new Date(2000, 0, 1);
  writeFileSync(zip, zipSync({ "index.mjs": [outputFiles[0]?.contents ?? new Uint8Array(), { mtime }] }));
  return zip;
}

export function contextOf(options: {
  endpoints?: Partial<EngineEndpoints>;
  folder?: string;
  storage?: "disk" | "memory";
  timers?: Timers;
  lines?: LogLine[];
}): ServiceContext {
  return {
    region,
    accountId,
    endpoints: { dynamodb: nowhere, kinesis: nowhere, sqs: nowhere, sns: nowhere, s3: nowhere, ...options.endpoints },
    folder: options.folder ?? temporaryFolder(),
    storage: options.storage ?? "memory",
    timers: options.timers ?? systemTimers,
    log: (line) => options.lines?.push(line),
  };
}

export async function startLambdaWith(context: ServiceContext, source: string, options: Partial<FunctionOptions> = {}) {
  const lambda = await startLambda({ ...context, sharedEnvironment: () => ({}) });
  const description = await deploy(lambda, source, options);
  return { lambda, description };
}

export async function deploy(lambda: LambdaService, source: string, options: Partial<FunctionOptions> = {}) {
  return lambda.createFunction({
    name: "subject",
    code: { zip: await bundleFunction(source) },
    handler: "index.handler",
    roleArn: `arn:aws:iam::${accountId}:role/subject`,
    timeoutSeconds: 10,
    ...options,
  });
}

/** Waits until the assertion holds. The limit is long, because the machine may be busy. */
export function eventually(assertion: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(assertion, { timeout: 30_000, interval: 10 });
}

/** Timers that a test moves by hand. */
export function manualTimers(startAt = Date.parse("2026-01-01T00:00:00Z")) {
  let now = startAt;
  const waits = new Set<{ at: number; run: () => void }>();
  const timers: Timers = {
    now: () => now,
    after: (waitMs, run) => {
      const wait = { at: now + waitMs, run };
      waits.add(wait);
      return () => waits.delete(wait);
    },
  };
  return {
    timers,
    /** How long until the next timer fires; undefined when there is none. */
    nextInMs: () => (waits.size === 0 ? undefined : Math.min(...[...waits].map(({ at }) => at)) - now),
    waitForNext: () =>
      eventually(() => {
        if (waits.size === 0) throw new Error("no timer waits");
      }),
    advance: (byMs: number): void => {
      const until = now + byMs;
      for (;;) {
        const [next] = [...waits].filter(({ at }) => at <= until).sort((left, right) => left.at - right.at);
        if (!next) break;
        waits.delete(next);
        now = next.at;
        next.run();
      }
      now = until;
    },
  };
}
