import { mkdirSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { startChildEngine } from "./child-engine.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import { ensureProgram } from "./system-program.ts";

/** Redis 7 or later. With storage "disk", every acknowledged write is in the append-only file. */
export async function startRedis(options: EngineOptions): Promise<Engine> {
  const redis = await ensureProgram(
    {
      command: "redis-server",
      probe: ["--version"],
      packages: ["redis-server"],
      missing:
        "redis-server is needed and not on the PATH. Install it, then try again: " +
        "sudo apt-get install redis-server (Debian, Ubuntu) or brew install redis (macOS).",
    },
    options.log ?? (() => undefined),
  );
  const folder = resolve(options.folder);
  const data = join(folder, "data");
  mkdirSync(data, { recursive: true });
  return startChildEngine({
    name: "Redis",
    folder,
    port: options.port,
    command: (port) => ({
      file: redis,
      args: [
        "--port",
        String(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        data,
        "--save",
        "",
        "--appendonly",
        options.storage === "disk" ? "yes" : "no",
      ],
    }),
    endpoint: (port) => `redis://127.0.0.1:${port}`,
    isReady: answersPing,
  });
}

/** It answers -LOADING while it loads its file. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((done, reject) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: 500 }, () => socket.write("PING\r\n"));
    socket.once("data", (answer) => {
      done(answer.toString().startsWith("+PONG"));
      socket.destroy();
    });
    socket.once("error", reject);
    socket.once("timeout", () => socket.destroy(new Error("no answer")));
  });
}
