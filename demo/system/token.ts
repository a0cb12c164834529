import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { SystemError } from "./endpoints.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..", "..");

/** Access tokens of the laptop's issuer; one is used until the API refuses it. */
export interface TokenSource {
  current(): Promise<string>;
  /** Drops a refused token; the next `current` signs another. */
  renew(refused: string): void;
}

/** Signs tokens as `make token` does. */
export function laptopTokens(options: { subject: string; scopes: string }): TokenSource {
  let token: Promise<string> | undefined;
  let signed = "";
  const sign = async (): Promise<string> => {
    const parameters = ["local/cli.ts", "token", "--scopes", options.scopes, "--subject", options.subject];
    const { stdout } = await run(process.execPath, parameters, { cwd: root }).catch((cause: unknown) => {
      throw new SystemError("no token: is the system up (`make up`)?", { cause });
    });
    signed = stdout.trim();
    return signed;
  };
  return {
    current: () => {
      token ??= sign().catch((error: unknown) => {
        token = undefined;
        throw error;
      });
      return token;
    },
    renew: (refused) => {
      if (refused === signed) token = undefined;
    },
  };
}
