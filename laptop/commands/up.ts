import { resolve } from "node:path";
import { startDaemon, waitWhileStarting } from "../daemon/control.ts";
import { type Endpoints, readEndpoints, silentEndpoints } from "../daemon/endpoints.ts";
import type { DaemonOptions } from "../daemon/messages.ts";
import { outputHash } from "../daemon/output-hash.ts";
import { type DaemonRecord, runningDaemon } from "../daemon/record.ts";
import { type StatePaths, statePaths } from "../daemon/state-folder.ts";
import { errorWithCauses } from "../error-with-causes.ts";
import { applyAndPrint } from "./apply.ts";
import { defineCommand, exitCodes, UsageError } from "./command.ts";
import { printEndpoints } from "./print-endpoints.ts";
import { folderHelp, folderOption, pathsOf, projectName } from "./project.ts";
import { createStepPrinter } from "./step-printer.ts";

export const up = defineCommand({
  summary: "start the synthesized Terraform, and return when every address answers",
  help: [
    "--output DIR        the synthesized Terraform (default: cdktf.out)",
    "--audience NAME     the audience of tokens (default: the name in package.json)",
    "--variable K=V      a Terraform variable; may be repeated (up sets oidc_issuer to its own issuer)",
    "--memory            keep all data in memory: faster, but down loses it",
    folderHelp,
  ],
  options: {
    ...folderOption,
    output: { type: "string", default: "cdktf.out" },
    audience: { type: "string" },
    variable: { type: "string", multiple: true, default: [] },
    memory: { type: "boolean", default: false },
  },
  run: async (values) => {
    const folder = pathsOf(values.folder).root;
    return bringUp({
      folder,
      output: resolve(values.output),
      storage: values.memory ? "memory" : "disk",
      audience: values.audience ?? projectName(),
      variables: Object.fromEntries(values.variable.map(parseVariable)),
      cloudModule: new URL("../cloud/cloud.ts", import.meta.url).href,
    });
  },
});

export async function bringUp(options: DaemonOptions): Promise<number> {
  const paths = statePaths(options.folder);
  const running = await alreadyRunning(paths);
  if (running !== undefined) return showRunning(paths, running, options.output);

  const printer = createStepPrinter();
  const abort = new AbortController();
  const interrupt = () => abort.abort();
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    await startDaemon(
      options,
      (message) => {
        if (message.kind === "step") printer.step(message.title);
        if (message.kind === "note") printer.note(message.line);
      },
      abort.signal,
    );
  } catch (error) {
    printer.failed();
    const other = await alreadyRunning(paths); // Another up may have started it first.
    if (other !== undefined) return showRunning(paths, other, options.output);
    console.error(`up failed: ${errorWithCauses(error)}\nThe whole log is in ${paths.log}`);
    return exitCodes.failed;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
  printer.done();
  printEndpoints(endpointsOf(paths));
  return exitCodes.ok;
}

async function alreadyRunning(paths: StatePaths): Promise<DaemonRecord | undefined> {
  const record = runningDaemon(paths);
  if (record?.stage !== "starting") return record;
  console.error(`another up (pid ${record.pid}) is starting it: waiting for that one`);
  return waitWhileStarting(paths, record);
}

/** Applies changed Terraform to the running cloud, and prints its addresses. */
async function showRunning(paths: StatePaths, record: DaemonRecord, output: string): Promise<number> {
  console.error(`it runs already (pid ${record.pid}, since ${record.since})`);
  if (record.outputHash !== outputHash(output)) await applyAndPrint(paths, output);
  const endpoints = endpointsOf(paths);
  const silent = await silentEndpoints(endpoints);
  printEndpoints(endpoints);
  if (silent.length === 0) return exitCodes.ok;
  console.error(
    `no answer from ${silent.map(([name, url]) => `${name} (${url})`).join(", ")}: down, then up starts them again`,
  );
  return exitCodes.failed;
}

function endpointsOf(paths: StatePaths): Endpoints {
  const endpoints = readEndpoints(paths);
  if (endpoints === undefined)
    throw new Error(`${paths.endpoints} is missing though it runs: down, then up writes it again`);
  return endpoints;
}

function parseVariable(text: string): [name: string, value: string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`--variable must be NAME=VALUE; it was given "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}
