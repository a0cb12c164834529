import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { startChildEngine } from "./child-engine.ts";
import type { Engine, EngineOptions } from "./engine.ts";

/** SQS, SNS and S3 on one endpoint: fauxqs in its own Node process, so that no data is lost when its owner is killed. */
export async function startQueuesAndBuckets(options: EngineOptions): Promise<Engine> {
  const folder = resolve(options.folder);
  const data = join(folder, "data");
  if (options.storage === "disk") mkdirSync(data, { recursive: true });
  return startChildEngine({
    name: "SQS, SNS and S3 (fauxqs)",
    folder,
    port: options.port,
    command: (port) => ({
      file: process.execPath,
      args: [
        "--disable-warning=ExperimentalWarning",
        fileURLToPath(new URL("queues-and-buckets-process.ts", import.meta.url)),
        String(port),
        ...(options.storage === "disk" ? [data] : []),
      ],
    }),
    endpoint,
    isReady: async (port) => (await fetch(`${endpoint(port)}/health`)).ok,
  });
}

function endpoint(port: number): string {
  return `http://127.0.0.1:${port}`;
}
