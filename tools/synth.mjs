// Runs main.ts on a Node that takes TypeScript as it is (22.18 or later): this one, or the one in tools/node.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major > 22 || (major === 22 && minor >= 18)) {
  // CDKTF 0.21 calls what Node has deprecated; it gets no more releases.
  process.noDeprecation ||= true;
  // It takes a whole stack trace with each of some thousand tokens, a sixth of the time of a synthesis.
  Error.captureStackTrace = () => {};
  await import(new URL("../main.ts", import.meta.url).href);
} else {
  const { status, error } = spawnSync(
    fileURLToPath(new URL("node/node", import.meta.url)),
    ["--no-deprecation", main],
    {
      stdio: "inherit",
    },
  );
  if (error) console.error(`holdfast: could not run tools/node/node: ${error.message}`);
  process.exitCode = status ?? 1;
}
