import { createRemoteJWKSet } from "jose";
import { createLog, parseEnvironment, systemClock } from "../runtime/index.ts";
import { createAuthorizer } from "./authorize.ts";
import { Environment } from "./environment.ts";

const environment = parseEnvironment(Environment, process.env);

export const handler = createAuthorizer({
  rules: {
    issuer: environment.JWT_ISSUER,
    audience: environment.JWT_AUDIENCE,
    scopePrefix: environment.JWT_SCOPE_PREFIX,
  },
  // A key that is not known is looked for at most every 5 s, so that forged key ids cannot flood the issuer.
  keys: createRemoteJWKSet(new URL(environment.JWT_JWKS_URL), {
    timeoutDuration: 3_000,
    cooldownDuration: 5_000,
    cacheMaxAge: 600_000,
  }),
  clock: systemClock,
  log: createLog(environment),
});
