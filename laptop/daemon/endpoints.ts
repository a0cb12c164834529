import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { readJson } from "../json-file.ts";
import type { StatePaths } from "./state-folder.ts";

const EndpointsFile = z.object({ issuer: z.string(), aws: z.record(z.string(), z.string()) }).catchall(z.string());

/** The content of `endpoints.json`: addresses by name, and the addresses of the AWS replacements by service. */
export interface Endpoints {
  readonly issuer: string;
  readonly aws: Readonly<Record<string, string>>;
  readonly [name: string]: string | Readonly<Record<string, string>>;
}

const answerMsMax = 2_000;
const readyMsMax = 60_000;
const pollMs = 100;

/** Merges the outputs `endpoints` of all stacks. Each is an object of addresses by name. */
export function mergeEndpoints(
  outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const [stack, { endpoints }] of Object.entries(outputs)) {
    if (endpoints === undefined) continue;
    const parsed = z.record(z.string(), z.string()).safeParse(endpoints);
    if (!parsed.success) throw new Error(`output "endpoints" of stack ${stack} must be an object of addresses`);
    Object.assign(merged, parsed.data);
  }
  return merged;
}

export function readEndpoints(paths: StatePaths): Endpoints | undefined {
  return readJson(paths.endpoints, EndpointsFile) as Endpoints | undefined;
}

export async function waitUntilAllAnswer(endpoints: Endpoints, waitMsMax = readyMsMax): Promise<void> {
  const deadline = performance.now() + waitMsMax;
  for (;;) {
    const silent = await silentEndpoints(endpoints);
    if (silent.length === 0) return;
    if (performance.now() > deadline) {
      throw new Error(
        `no answer within ${waitMsMax / 1_000} s from ${silent.map(([name, url]) => `${name} (${url})`).join(", ")}`,
      );
    }
    await pause(pollMs);
  }
}

/** Returns the names and addresses of the endpoints that do not answer now. */
export async function silentEndpoints(endpoints: Endpoints): Promise<[name: string, url: string][]> {
  const { aws, ...named } = endpoints;
  const all = [
    ...Object.entries(named).map(([name, url]) => [name, String(url)] as const),
    ...Object.entries(aws).map(([service, url]) => [`aws.${service}`, url] as const),
  ];
  const answers = await Promise.all(all.map(async ([name, url]) => ({ name, url, isThere: await answersNow(url) })));
  return answers.flatMap(({ name, url, isThere }) => (isThere ? [] : [[name, url] as [string, string]]));
}

/** Accepts any HTTP status below 500, because an address without a path may answer with an error. */
function answersNow(address: string): Promise<boolean> {
  const url = new URL(address);
  if (url.protocol === "http:" || url.protocol === "https:") {
    return fetch(url, { signal: AbortSignal.timeout(answerMsMax), redirect: "manual" }).then(
      (response) => response.status < 500,
      () => false,
    );
  }
  return accepts(url);
}

function accepts(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), timeout: answerMsMax });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket
      .once("connect", () => end(true))
      .once("error", () => end(false))
      .once("timeout", () => end(false));
  });
}
