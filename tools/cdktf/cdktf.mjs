#!/usr/bin/env node
// `npx cdktf`: runs the pinned CDKTF CLI on the current Node, and installs it first if necessary.
// The CLI is not among the root's packages, because only a deployment needs its 260 MB.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(fileURLToPath(import.meta.url)), "cli");
const program = join(folder, "node_modules/cdktf-cli/bundle/bin/cdktf");
const installed = join(folder, "node_modules/.installed");
const wanted = createHash("sha256")
  .update(readFileSync(join(folder, "package-lock.json")))
  .digest("hex");

if (!existsSync(program) || !existsSync(installed) || readFileSync(installed, "utf8") !== wanted) install();

const { status, error } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], {
  stdio: "inherit",
  // The CLI checks for updates before it does anything. Offline it would wait for that.
  env: { CHECKPOINT_DISABLE: "1", ...process.env },
});
if (error) console.error(`holdfast: could not run the CDKTF CLI: ${error.message}`);
process.exit(status ?? 1);

function install() {
  console.error("holdfast: installing the CDKTF CLI 0.21.0 from npm (once, about 20 s, 260 MB)");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (npm.status !== 0) {
    console.error(
      `holdfast: npm ci failed in tools/cdktf/cli${npm.error ? `: ${npm.error.message}` : ""}; nothing was changed`,
    );
    process.exit(1);
  }
  writeFileSync(installed, wanted);
}
