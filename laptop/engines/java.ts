import { ensureProgram } from "./system-program.ts";

/** Gives the command that runs Java 17 or later, installing it where it may. */
export function ensureJava(log: (line: string) => void): Promise<string> {
  return ensureProgram(
    {
      command: "java",
      probe: ["-version"],
      // Debian 13 and later have no 17 any more; their default is newer and does as well.
      packages: ["openjdk-17-jre-headless", "default-jre-headless"],
      missing:
        "Java 17 or later is needed and not on the PATH. Install it, then try again: " +
        "sudo apt-get install openjdk-17-jre-headless (Debian, Ubuntu) or brew install openjdk@17 (macOS).",
    },
    log,
  );
}
