// A worker thread for synthesis. Ending it unloads every module that it has loaded: new Worker("synthesis-thread.ts")
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { parentPort } from "node:worker_threads";
import { describeFault } from "./fault.ts";
import "./prepare-cdktf.ts";

export interface SynthesisAnswer {
  /** The repository files that were loaded for the Terraform. When one of them changes, a new thread is needed. */
  readonly modules: readonly string[];
  /** The error, with file and line. */
  readonly fault?: string;
}

const modules = new Set<string>();
registerHooks({
  load: (url, context, next) => {
    if (url.startsWith("file:") && !url.includes("/node_modules/")) modules.add(fileURLToPath(url));
    return next(url, context);
  },
});

let count = 0;
parentPort?.on("message", async () => {
  count += 1;
  let fault: string | undefined;
  try {
    // Only main.ts is evaluated each time. Its imports stay loaded.
    await import(new URL(`../main.ts?synthesis=${count}`, import.meta.url).href);
  } catch (error) {
    fault = describeFault(error);
  }
  parentPort?.postMessage({
    modules: [...modules],
    ...(fault === undefined ? {} : { fault }),
  } satisfies SynthesisAnswer);
});
