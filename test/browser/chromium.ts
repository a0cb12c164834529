import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ensureProgram } from "laptop-cloud/engines";
import { type Browser, chromium } from "playwright-core";

/** Launches the system's Chromium without a window. npm has no Chromium that can be installed here. */
export async function launchChromium(): Promise<Browser> {
  const command = await ensureProgram(
    {
      command: "chromium",
      probe: ["--version"],
      packages: ["chromium"],
      missing:
        "chromium is needed for browser tests and not on the PATH. Install it, then try again: " +
        "sudo apt-get install chromium (Debian, Ubuntu).",
    },
    console.log,
  );
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
  return chromium.launch({
    executablePath: await pathOf(command),
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", ...quiet],
  });
}

/** Returns the path of a command, because Playwright needs a path. */
async function pathOf(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)("/bin/sh", ["-c", `command -v ${command}`]);
  return stdout.trim();
}
