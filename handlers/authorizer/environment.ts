import { z } from "zod";
import { functionEnvironment } from "../runtime/environment.ts";

export const Environment = z.object({
  ...functionEnvironment,
  JWT_ISSUER: z.url(),
  JWT_JWKS_URL: z.url(),
  JWT_AUDIENCE: z.string().min(1),
  /** Dropped from each scope; a scope without it does not count. Empty: scopes are taken as they are. */
  JWT_SCOPE_PREFIX: z.string(),
});
/** What the function must be given, as strings. */
export type AuthorizerEnvironment = z.input<typeof Environment>;
