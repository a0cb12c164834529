import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { zipSync } from "fflate";
import { type Cloud, startCloud } from "laptop-cloud";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { synthesizeTracker, synthesizeUnknown } from "./foreign-app/app.ts";

const startMsMax = 120_000;
/** Time for a schedule that fires at each full minute, and for its effect. */
const scheduleMsMax = 90_000;
const arrival = { timeout: 30_000, interval: 100 };

const Diary = z.array(z.object({ entry: z.string(), subject: z.string() }));
const Outputs = z.object({ url: z.string(), "setup-noted": z.string() });

const folder = mkdtempSync(join(tmpdir(), "foreign-app-"));
let cloud: Cloud | undefined;

async function start(): Promise<void> {
  cloud = await startCloud({
    output: join(folder, "cdktf.out"),
    folder: join(folder, "state"),
    storage: "disk",
    variables: { entry: "tock", notDeclared: "is for another app" },
    log: () => undefined,
  });
}

function outputs(): z.infer<typeof Outputs> {
  return Outputs.parse(cloud?.outputs["tracker-service"]);
}

async function call(path: string, body?: object): Promise<{ status: number; json: unknown }> {
  const put = body === undefined ? {} : { method: "PUT", body: JSON.stringify(body) };
  const response = await fetch(`${outputs().url}${path}`, put);
  return { status: response.status, json: await response.json() };
}

async function subjects(entry: string): Promise<string[]> {
  const { json } = await call("/diary");
  return Diary.parse(json)
    .filter((noted) => noted.entry === entry)
    .map(({ subject }) => subject)
    .toSorted();
}

/** Bundles the functions as their authors would: one ESM bundle in a zip. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "foreign-app", "functions.ts")],
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    mainFields: ["module", "main"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    write: false,
  });
  const zip = join(folder, "functions.zip");
  writeFileSync(zip, zipSync({ "index.mjs": outputFiles[0]?.contents ?? new Uint8Array() }));
  return zip;
}

describe("a foreign CDKTF app on the laptop cloud", () => {
  beforeAll(async () => {
    synthesizeTracker(join(folder, "cdktf.out"), await bundle());
    await start();
  }, startMsMax);

  afterAll(async () => {
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, startMsMax);

  it("answers its routes with the data that the function reads and writes", async () => {
    expect(await call("/parcels/p1")).toEqual({ status: 404, json: { message: "no parcel p1" } });
    expect(await call("/parcels/p1", { status: "sent" })).toEqual({ status: 200, json: { id: "p1", status: "sent" } });
    expect(await call("/parcels/p1")).toEqual({ status: 200, json: { id: "p1", status: "sent" } });
  });

  it("answers 403 outside of its routes, as API Gateway does", async () => {
    expect((await call("/nowhere")).status).toBe(403);
  });

  it("feeds the stream's filtered records to their consumer", async () => {
    await call("/parcels/p2", { status: "sent" });
    await call("/parcels/p3", { status: "delivered" });
    await call("/parcels/p2", { status: "delivered" });
    await call("/parcels/p4", { status: "lost" });
    await call("/parcels/last", { status: "delivered" });
    await vi.waitFor(async () => expect(await subjects("delivered")).toContain("last"), arrival);
    expect(await subjects("delivered")).toEqual(["last", "p2", "p3"]);
  });

  it("feeds the queue's messages to their consumer", async () => {
    await call("/parcels/p5", { status: "sent" });
    await vi.waitFor(async () => expect(await subjects("label")).toContain("p5"), arrival);
  });

  it("runs the invocation with its input, and sets an output from its result", async () => {
    expect(await subjects("setup")).toEqual(["clock"]);
    expect(outputs()["setup-noted"]).toBe("setup");
  });

  it(
    "fires the schedule with an input that contains a variable",
    async () => {
      await vi.waitFor(async () => expect(await subjects("tock")).toContain("clock"), {
        timeout: scheduleMsMax,
        interval: 500,
      });
    },
    scheduleMsMax + 10_000,
  );

  it("applies changed Terraform while it runs, and applies the original again", async () => {
    const output = join(folder, "cdktf.out");
    synthesizeTracker(output, join(folder, "functions.zip"), "lost");
    expect(await cloud?.apply(output)).toMatchObject([
      { kind: "changed", type: "aws_lambda_event_source_mapping", path: "tracker-service/deliveries" },
    ]);
    await call("/parcels/unnoted", { status: "delivered" });
    await call("/parcels/p7", { status: "lost" });
    await vi.waitFor(async () => expect(await subjects("delivered")).toContain("p7"), arrival);
    expect(await subjects("delivered")).not.toContain("unnoted");
    synthesizeTracker(output, join(folder, "functions.zip"));
    expect(await cloud?.apply(output)).toHaveLength(1);
    expect(await subjects("setup")).toEqual(["clock"]);
  });

  it(
    "keeps data and does not repeat the invocation (stopped and started)",
    async () => {
      const before = await subjects("delivered");
      await cloud?.stop();
      await start();
      expect(await call("/parcels/p3")).toEqual({ status: 200, json: { id: "p3", status: "delivered" } });
      expect(await subjects("setup")).toEqual(["clock"]);
      await call("/parcels/p6", { status: "delivered" });
      await vi.waitFor(async () => expect(await subjects("delivered")).toEqual([...before, "p6"].toSorted()), arrival);
    },
    startMsMax,
  );
});

describe("an app that the laptop cannot run", () => {
  it("fails the start with the construct's path, before any engine starts", async () => {
    const outdir = mkdtempSync(join(tmpdir(), "foreign-app-"));
    synthesizeUnknown(outdir);
    const steps: string[] = [];
    const starting = startCloud({
      output: outdir,
      folder: join(outdir, "state"),
      storage: "memory",
      variables: {},
      log: () => undefined,
      onProgress: (step) => steps.push(step),
    });
    await expect(starting).rejects.toMatchObject({
      code: "type_unknown",
      path: "tracker-reports/nightly/job",
      message: expect.stringMatching(/tracker-reports\/nightly\/job \(aws_glue_job\).*laptop\/resources/),
    });
    expect(steps).toEqual([]);
    rmSync(outdir, { recursive: true, force: true });
  });
});
