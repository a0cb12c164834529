import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, resolve } from "node:path";
import { build } from "vite";

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

export interface Site {
  readonly url: string;
  stop(): Promise<void>;
}

/** Builds the phone app's screen with react-native-web and serves it on loopback. */
export async function serveNativeScreen(folder: string, config: object): Promise<Site> {
  const outDir = join(folder, "site");
  const configFile = resolve(import.meta.dirname, "../../clients/native/web/vite.config.ts");
  await build({ configFile, logLevel: "error", build: { outDir } });
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path === "/config.json") return response.end(JSON.stringify(config));
    const file = path === "/" ? "index.html" : path.slice(1);
    const content = await readFile(join(outDir, file)).catch(() => undefined);
    if (content === undefined) return response.writeHead(404).end();
    return response.writeHead(200, { "Content-Type": contentTypes[extname(file)] ?? "text/plain" }).end(content);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
