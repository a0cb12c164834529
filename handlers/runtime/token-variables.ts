import { z } from "zod";

/** Whose tokens are accepted; every function that judges tokens takes these. */
export const tokenVariables = {
  JWT_ISSUER: z.url(),
  JWT_JWKS_URL: z.url(),
  JWT_AUDIENCE: z.string().min(1),
  /** Dropped from each scope; a scope without it does not count. Empty: scopes are taken as they are. */
  JWT_SCOPE_PREFIX: z.string(),
};
