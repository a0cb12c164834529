import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { startChildEngine } from "./child-engine.ts";
import type { Engine, EngineOptions } from "./engine.ts";

/** Kinesis Data Streams: kinesalite in its own Node process. It speaks HTTP/1.1 only, so SDK clients need NodeHttpHandler. */
export async function startKinesis(options: EngineOptions): Promise<Engine> {
  const folder = resolve(options.folder);
  const data = join(folder, "data");
  if (options.storage === "disk") mkdirSync(data, { recursive: true });
  return startChildEngine({
    name: "Kinesis (kinesalite)",
    folder,
    port: options.port,
    command: (port) => ({
      file: process.execPath,
      args: [
        fileURLToPath(new URL("kinesis-process.ts", import.meta.url)),
        String(port),
        ...(options.storage === "disk" ? [data] : []),
      ],
    }),
    endpoint,
    // It refuses an unsigned request with 403. Any answer shows that it runs.
    isReady: async (port) => (await fetch(endpoint(port), { method: "POST" })).status < 500,
  });
}

function endpoint(port: number): string {
  return `http://127.0.0.1:${port}`;
}
