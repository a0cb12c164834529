// A thread of its own, so that ending it forgets every module that it has loaded: new Worker("synthesis-thread.ts")
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { parentPort } from "node:worker_threads";
import { describeFault } from "./fault.ts";
import "./prepare-cdktf.ts";

export interface SynthesisAnswer {
  /** Files of the repository that make the Terraform: when one of them changes, another thread is needed. */
  readonly modules: readonly string[];
  /** What went wrong, with file and line. */
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
    // main.ts alone is evaluated each time; what it imports stays loaded.
    await import(new URL(`../main.ts?synthesis=${count}`, import.meta.url).href);
  } catch (error) {
    fault = describeFault(error);
  }
  parentPort?.postMessage({
    modules: [...modules],
    ...(fault === undefined ? {} : { fault }),
  } satisfies SynthesisAnswer);
});
