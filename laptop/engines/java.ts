import { ensureProgram } from "./system-program.ts";

/** Returns the command that runs Java 17 or later. Installs Java first where that is allowed. */
export function ensureJava(log: (line: string) => void): Promise<string> {
  return ensureProgram(
    {
      command: "java",
      probe: ["-version"],
      // Debian 13 and later have no Java 17. Their default version is newer and works too.
      packages: ["openjdk-17-jre-headless", "default-jre-headless"],
      missing:
        "Java 17 or later is needed and not on the PATH. Install it, then try again: " +
        "sudo apt-get install openjdk-17-jre-headless (Debian, Ubuntu) or brew install openjdk@17 (macOS).",
    },
    log,
  );
}
