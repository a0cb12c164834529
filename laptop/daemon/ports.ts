import { z } from "zod";
import { freePort, isPortFree } from "../engines/free-port.ts";
import { readJson, writeJson } from "../json-file.ts";
import type { StatePaths } from "./state-folder.ts";

const Ports = z.record(z.string(), z.int().min(1).max(65_535));

/** The edge is first: users type its port, so it gets that port even if another service used it before. */
const preferred = {
  edge: 8787,
  websocket: 8786,
  issuer: 8788,
  dynamodb: 8789,
  kinesis: 8790,
  queuesAndBuckets: 8791,
  postgres: 8792,
  secrets: 8793,
  lambda: 8794,
  redis: 8795,
  events: 8796,
  mail: 8797,
  api: 8798,
} as const;

export const portNames = Object.keys(preferred) as PortName[];
type PortName = keyof typeof preferred;
export type LaptopPorts = Readonly<Record<PortName, number>>;

/**
 * Returns the ports of the last start, so that addresses stay valid. At the first start it returns the preferred ports.
 * It replaces a port that another process uses.
 */
export async function choosePorts(paths: StatePaths, note: (line: string) => void): Promise<LaptopPorts> {
  const remembered = rememberedPorts(paths);
  const chosen = { ...preferred } as Record<PortName, number>;
  const given = new Set<number>();
  for (const name of portNames) {
    const last = remembered[name];
    const wanted = last === undefined || given.has(last) ? preferred[name] : last;
    chosen[name] = !given.has(wanted) && (await isPortFree(wanted)) ? wanted : await freePort();
    if (chosen[name] !== wanted) note(`port ${wanted} for ${name} is taken by another process: using ${chosen[name]}`);
    given.add(chosen[name]);
  }
  writeJson(paths.ports, chosen);
  return chosen;
}

export function rememberedPorts(paths: StatePaths): Partial<Record<string, number>> {
  return readJson(paths.ports, Ports) ?? {};
}
