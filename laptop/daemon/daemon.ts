// Runs in its own process, detached from the terminal: node daemon.ts <options as JSON>
import type { Cloud, startCloud as StartCloud } from "../cloud/cloud.ts";
import { endEngines } from "../engines/index.ts";
import { errorWithCauses } from "../error-with-causes.ts";
import { type Issuer, startIssuer } from "../issuer/issuer.ts";
import { writeJson } from "../json-file.ts";
import { startControl } from "./control-server.ts";
import { type Endpoints, mergeEndpoints, waitUntilAllAnswer } from "./endpoints.ts";
import { type ApplyMessage, type DaemonMessage, DaemonOptions } from "./messages.ts";
import { outputHash } from "./output-hash.ts";
import { choosePorts } from "./ports.ts";
import { claimFolder, type DaemonRecord, releaseFolder, writeRecord } from "./record.ts";
import { statePaths } from "./state-folder.ts";

const running: { cloud?: Cloud; issuer?: Issuer; control?: Awaited<ReturnType<typeof startControl>> } = {};
/** Called with each step while the cloud applies changes. */
const listeners = new Set<(line: string) => void>();
let isStopping = false;
let ownsFolder = false;

const options = DaemonOptions.parse(JSON.parse(process.argv[2] ?? ""));
const paths = statePaths(options.folder);

process.on("SIGHUP", () => log("the terminal was closed; the daemon keeps running"));
process.on("SIGTERM", () => void stop(0));
process.on("SIGINT", () => void stop(0));

try {
  await start();
} catch (error) {
  if (!isStopping) {
    log(`failed: ${error instanceof Error ? error.stack : String(error)}`);
    await send({ kind: "failed", message: errorWithCauses(error) });
    await stop(1);
  }
}

async function start(): Promise<void> {
  const record = claimFolder(paths, outputHash(options.output));
  ownsFolder = true;
  await endLeftovers();
  const ports = await choosePorts(paths, note);
  step("token issuer");
  running.issuer = await startIssuer({ keyFile: paths.keys, port: ports.issuer, audience: options.audience });
  step("synthesized Terraform");
  const { startCloud } = (await import(options.cloudModule)) as { startCloud: typeof StartCloud };
  running.cloud = await startCloud({
    output: options.output,
    folder: paths.cloud,
    storage: options.storage,
    variables: { oidc_issuer: running.issuer.url, ...options.variables },
    ports,
    log: (line) => {
      log(line);
      for (const listen of listeners) listen(line);
    },
    onProgress: step,
  });
  step("waiting until all answers");
  await publish(running.cloud, running.issuer);
  running.control = await startControl({ apply: (output, send) => apply(record, output, send) });
  writeRecord(paths, { ...record, stage: "ready", control: running.control.address });
  log("ready");
  await send({ kind: "ready" });
}

/** Ends the engines of a killed daemon. They still run, and hold their ports and the locks on the data. */
async function endLeftovers(): Promise<void> {
  const pids = await endEngines(paths.cloud);
  if (pids.length > 0) note(`ended the engines that a killed run left running (pid ${pids.join(", ")})`);
}

async function publish(cloud: Cloud, issuer: Issuer): Promise<void> {
  const endpoints: Endpoints = { ...mergeEndpoints(cloud.outputs), issuer: issuer.url, aws: cloud.endpoints };
  await waitUntilAllAnswer(endpoints);
  writeJson(paths.outputs, cloud.outputs);
  writeJson(paths.endpoints, endpoints);
}

/** Applies the output to the running cloud. */
async function apply(
  record: DaemonRecord,
  output: string,
  send: (message: ApplyMessage) => void,
): Promise<ApplyMessage> {
  const { cloud, issuer, control } = running;
  if (!cloud || !issuer || !control) throw new Error("it is stopping");
  log(`applying ${output}`);
  const listen = (line: string) => send({ kind: "note", line });
  listeners.add(listen);
  try {
    // The hash comes before the output is read: if a synthesis changes the output meanwhile, the next up sees it.
    const hash = outputHash(output);
    const changes = await cloud.apply(output);
    await publish(cloud, issuer);
    writeRecord(paths, { ...record, stage: "ready", outputHash: hash, control: control.address });
    for (const { kind, address } of changes) log(`${kind} ${address}`);
    return { kind: "applied", changes: [...changes] };
  } catch (error) {
    log(`apply failed: ${error instanceof Error ? error.stack : String(error)}`);
    throw error;
  } finally {
    listeners.delete(listen);
  }
}

async function stop(exitCode: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  log("stopping");
  try {
    running.control?.stop();
    await running.cloud?.stop();
    await running.issuer?.stop();
  } catch (error) {
    log(`while stopping: ${errorWithCauses(error)}`);
  }
  if (ownsFolder) {
    await endEngines(paths.cloud); // These are the engines of a cloud that had not finished its start.
    releaseFolder(paths);
  }
  log("stopped");
  process.exit(exitCode);
}

function step(title: string): void {
  log(title);
  void send({ kind: "step", title });
}

function note(line: string): void {
  log(line);
  void send({ kind: "note", line });
}

/** Sends a message to the command that started the daemon, unless that command has ended. */
function send(message: DaemonMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) return resolve();
    process.send?.(message, () => resolve());
  });
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} ${line}`);
}
