import { join, resolve } from "node:path";

/** The files and folders in the state folder of one laptop cloud. */
export function statePaths(folder: string) {
  const root = resolve(folder);
  const at = (...parts: string[]) => join(root, ...parts);
  return {
    root,
    /** The state of startCloud: engines and services. */
    cloud: at("cloud"),
    logs: at("logs"),
    log: at("logs", "laptop.log"),
    daemon: at("daemon.json"),
    endpoints: at("endpoints.json"),
    outputs: at("outputs.json"),
    ports: at("ports.json"),
    keys: at("issuer-keys.json"),
  } as const;
}

export type StatePaths = ReturnType<typeof statePaths>;
