import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { startChildEngine } from "./child-engine.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import { ensureJava } from "./java.ts";

/** DynamoDB with its streams: DynamoDB Local, from an npm package. */
export async function startDynamoDb(options: EngineOptions): Promise<Engine> {
  const java = await ensureJava(options.log ?? (() => undefined));
  const emulator = join(
    dirname(createRequire(import.meta.url).resolve("amplify-dynamodb-simulator/package.json")),
    "emulator",
  );
  const folder = resolve(options.folder);
  const data = join(folder, "data");
  if (options.storage === "disk") mkdirSync(data, { recursive: true });
  const storage = options.storage === "disk" ? ["-dbPath", data] : ["-inMemory"];
  return startChildEngine({
    name: "DynamoDB Local",
    folder,
    port: options.port,
    command: (port) => ({
      file: java,
      args: [
        "-XX:+UseSerialGC",
        `-Djava.library.path=${join(emulator, "DynamoDBLocal_lib")}`,
        "-jar",
        join(emulator, "DynamoDBLocal.jar"),
        ...storage,
        "-sharedDb",
        "-disableTelemetry",
        "-port",
        String(port),
      ],
    }),
    endpoint,
    // It refuses an unsigned request with 400. Any answer shows that it runs.
    isReady: async (port) => (await fetch(endpoint(port))).status === 400,
  });
}

function endpoint(port: number): string {
  return `http://127.0.0.1:${port}`;
}
