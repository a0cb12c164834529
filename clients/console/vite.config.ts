import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Connect, defaultClientConditions, defineConfig, type Plugin } from "vite";

const stateFolder = process.env.HOLDFAST_FOLDER ?? join(import.meta.dirname, "..", "..", ".holdfast");

export default defineConfig({
  root: import.meta.dirname,
  // Served below any path: what is loaded is named relative to the page.
  base: "./",
  resolve: { conditions: ["holdfast-source", ...defaultClientConditions] },
  build: {
    target: "es2022",
    emptyOutDir: true,
    // Mantine marks its modules for servers that render; there is none here.
    rolldownOptions: { checks: { moduleLevelDirective: false, pluginTimings: false } },
  },
  plugins: [localConfig()],
});

/** Answers /config.json with the addresses of the system that runs on this machine. */
function localConfig(): Plugin {
  const serve: Connect.NextHandleFunction = (request, response, next) => {
    if (request.url?.split("?")[0] !== "/config.json") return next();
    try {
      const { api, websocket, issuer } = JSON.parse(readFileSync(join(stateFolder, "endpoints.json"), "utf8"));
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ api, websocket, issuer, clientId: "console", scope: "openid admin" }));
    } catch (cause) {
      response.statusCode = 503;
      response.end(`The system does not run (${stateFolder}/endpoints.json): ${String(cause)}`);
    }
  };
  return {
    name: "local-config",
    configureServer: (server) => void server.middlewares.use(serve),
    configurePreviewServer: (server) => void server.middlewares.use(serve),
  };
}
