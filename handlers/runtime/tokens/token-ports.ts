import { createRemoteJWKSet } from "jose";
import type { Bound, Ports } from "../bind.ts";
import type { tokenVariables, Variables } from "../variables.ts";
import type { TokenRules, VerifyPorts } from "./verify-token.ts";

/** Returns the rules and keys for the verification of tokens, from a function's environment. */
export function tokenPorts({
  environment,
  ports,
}: Bound<Variables<typeof tokenVariables>, Pick<Ports, "clock">>): VerifyPorts & { readonly rules: TokenRules } {
  return {
    rules: {
      issuer: environment.JWT_ISSUER,
      audience: environment.JWT_AUDIENCE,
      scopePrefix: environment.JWT_SCOPE_PREFIX,
    },
    // An unknown key is fetched at most every 5 s, so that forged key ids cannot flood the issuer.
    keys: createRemoteJWKSet(new URL(environment.JWT_JWKS_URL), {
      timeoutDuration: 3_000,
      cooldownDuration: 5_000,
      cacheMaxAge: 600_000,
    }),
    clock: ports.clock,
  };
}
