import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);
const APT_GET = "/usr/bin/apt-get";
// Debian 13 and later have no 17 any more; their default is newer and does as well.
const PACKAGES = ["openjdk-17-jre-headless", "default-jre-headless"] as const;

/** Gives the command that runs Java, after installing it where that needs nobody's consent. */
export async function ensureJava(log: (line: string) => void): Promise<string> {
  if (await works("java")) return "java";
  const mayInstall = process.getuid?.() === 0 && existsSync(APT_GET);
  if (!mayInstall) throw new Error(missing);
  log("Java is missing: installing it with apt-get (once, some 30 s)");
  await run(APT_GET, ["update", "-qq"]).catch(() => undefined);
  const reasons: string[] = [];
  for (const name of PACKAGES) {
    try {
      await run(APT_GET, ["install", "-y", "-qq", "--no-install-recommends", name], {
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      });
      if (await works("java")) return "java";
    } catch (error) {
      reasons.push(error instanceof Error ? error.message.trim() : String(error));
    }
  }
  throw new Error(`${missing}\napt-get said: ${reasons.join("\n")}`);
}

const missing =
  "Java 17 or later is needed and not on the PATH. Install it, then try again: " +
  "sudo apt-get install openjdk-17-jre-headless (Debian, Ubuntu) or brew install openjdk@17 (macOS).";

async function works(command: string): Promise<boolean> {
  return run(command, ["-version"]).then(
    () => true,
    () => false,
  );
}
