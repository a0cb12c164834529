import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);
const aptGet = "/usr/bin/apt-get";

/** A program that no npm package ships. */
export interface SystemProgram {
  readonly command: string;
  /** Arguments with which it prints something and exits, to see that it is there. */
  readonly probe: readonly string[];
  /** The Debian packages that contain it, the preferred one first. */
  readonly packages: readonly string[];
  /** One sentence: what is missing and how to install it by hand. */
  readonly missing: string;
}

/** Returns the command that runs the program. Installs the program first where that needs no password. */
export async function ensureProgram(program: SystemProgram, log: (line: string) => void): Promise<string> {
  if (await works(program)) return program.command;
  const mayInstall = process.getuid?.() === 0 && existsSync(aptGet);
  if (!mayInstall) throw new Error(program.missing);
  log(`${program.command} is missing: installing it with apt-get (once, some 30 s)`);
  await run(aptGet, ["update", "-qq"]).catch(() => undefined);
  const reasons: string[] = [];
  for (const name of program.packages) {
    try {
      await run(aptGet, ["install", "-y", "-qq", "--no-install-recommends", name], {
        // With RUNLEVEL, a package does not start its own service.
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
      });
      if (await works(program)) return program.command;
    } catch (error) {
      reasons.push(error instanceof Error ? error.message.trim() : String(error));
    }
  }
  throw new Error(`${program.missing}\napt-get said: ${reasons.join("\n")}`);
}

async function works({ command, probe }: SystemProgram): Promise<boolean> {
  return run(command, [...probe]).then(
    () => true,
    () => false,
  );
}
