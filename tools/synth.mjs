// Runs main.ts on a Node that runs TypeScript directly (22.18 or later): the current one, or the one in tools/node.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = new URL("../main.ts", import.meta.url);
const preparation = new URL("prepare-cdktf.ts", import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major > 22 || (major === 22 && minor >= 18)) {
  await import(preparation.href);
  await import(main.href);
} else {
  const node = fileURLToPath(new URL("node/node", import.meta.url));
  const { status, error } = spawnSync(node, ["--import", preparation.href, fileURLToPath(main)], { stdio: "inherit" });
  if (error) console.error(`holdfast: could not run tools/node/node: ${error.message}`);
  process.exitCode = status ?? 1;
}
