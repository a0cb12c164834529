import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { SystemError } from "./endpoints.ts";

const run = promisify(execFile);
const cli = createRequire(import.meta.url).resolve("laptop-cloud/bin");

/** A source of access tokens. One token is used until the API refuses it. */
export interface TokenSource {
  current(): Promise<string>;
  /** Drops a refused token. The next `current` returns another. */
  renew(refused: string): void;
}

/** Returns a source of tokens that the laptop's issuer signs, as for `make token`. */
export function laptopTokens(options: { subject: string; scopes: string; stateFolder: string }): TokenSource {
  let token: Promise<string> | undefined;
  let signed = "";
  const sign = async (): Promise<string> => {
    const { scopes, subject, stateFolder } = options;
    const parameters = ["--scopes", scopes, "--subject", subject, "--folder", resolve(stateFolder)];
    const { stdout } = await run(process.execPath, [cli, "token", ...parameters]).catch((cause: unknown) => {
      throw new SystemError("the laptop signed no token: is the system up (`make up`)?", { cause });
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
