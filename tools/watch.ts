// `make up WATCH=1`: applies each saved change to the running system, until Ctrl-C.
import { join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { applyOutput, statePaths } from "laptop-cloud/daemon";
import type { SynthesisAnswer } from "./synthesis-thread.ts";
import { summary } from "./watch-summary.ts";
import { watchFiles } from "./watched-files.ts";

const root = resolve(import.meta.dirname, "..");
const paths = statePaths(join(root, ".holdfast"));
const output = join(root, ".holdfast", "cdktf.out");
const environment = { ...process.env, HOLDFAST_ENVIRONMENT: "laptop", CDKTF_OUTDIR: output };

let thread: Worker | undefined;
/** The files that the thread has loaded. When one of them changes, the thread must be replaced. */
let loaded: ReadonlySet<string> = new Set();

process.on("SIGINT", leave).on("SIGTERM", leave);
const saves = watchFiles(root);
await applySources(performance.now(), "nothing had changed");
console.log("watching the source files: each saved file is applied (Ctrl-C ends watching)");
for (;;) {
  const { paths: saved, since } = await saves.next();
  if ([...saved].some((path) => loaded.has(join(root, path)))) await forget();
  await applySources(since);
}

/** Synthesizes and applies the Terraform. Prints the result with the time since the save. */
async function applySources(since: number, ifNothing?: string): Promise<void> {
  try {
    const { modules, fault } = await synthesize();
    loaded = new Set(modules);
    if (fault !== undefined) throw new Error(fault);
    const changes = await applyOutput(paths, output, (line) => console.log(`          ${line}`));
    const text = changes.length === 0 ? ifNothing : summary(changes);
    if (text !== undefined) print("✓", since, text);
  } catch (error) {
    await forget();
    print("✗", since, error instanceof Error ? error.message : String(error));
    console.log("          the earlier version still runs; save again to retry");
  }
}

function synthesize(): Promise<SynthesisAnswer> {
  const running = thread ?? new Worker(new URL("synthesis-thread.ts", import.meta.url), { env: environment });
  thread = running;
  const { promise, resolve: settle, reject } = Promise.withResolvers<SynthesisAnswer>();
  running.once("message", settle).once("error", reject);
  running.postMessage("synthesize");
  return promise.finally(() => running.off("message", settle).off("error", reject));
}

async function forget(): Promise<void> {
  await thread?.terminate();
  thread = undefined;
}

function print(mark: string, since: number, text: string): void {
  const [first = "", ...more] = text.split("\n");
  const seconds = `${((performance.now() - since) / 1_000).toFixed(1)} s`;
  console.log(`${mark} ${seconds.padStart(6)}  ${first}`);
  for (const line of more) console.log(`          ${line}`);
}

/** Ends watching. The daemon keeps the system running. */
function leave(): void {
  console.log("\nno longer watching; the system still runs (make down stops it)");
  process.exit(0);
}
