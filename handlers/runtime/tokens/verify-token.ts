import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { z } from "zod";
import type { Clock } from "../../inventory/index.ts";

export interface TokenRules {
  readonly issuer: string;
  /** `aud` or `client_id` must match it. */
  readonly audience: string;
  /** Dropped from each scope; a scope without it belongs to another API and does not count. */
  readonly scopePrefix: string;
}

/** What the functions learn of a token. */
export interface Caller {
  readonly subject: string;
  readonly client: string;
  readonly scopes: readonly string[];
  readonly expiresAtSeconds: number;
}

export interface VerifyPorts {
  readonly keys: JWTVerifyGetKey;
  readonly clock: Clock;
}

const Claims = z.object({
  sub: z.string().min(1),
  exp: z.number(),
  client_id: z.string().min(1).optional(),
  azp: z.string().min(1).optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  scope: z.string().default(""),
});

/** Only asymmetric ones: a public key must never be taken for a shared secret. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/** Faults of the token; all others (the key set not reachable, for instance) are the world's and are rethrown. */
const tokenFaults = new Set<string>([
  errors.JWTClaimValidationFailed.code,
  errors.JWTExpired.code,
  errors.JWTInvalid.code,
  errors.JWSInvalid.code,
  errors.JWSSignatureVerificationFailed.code,
  errors.JOSEAlgNotAllowed.code,
  errors.JOSENotSupported.code,
  errors.JWKSNoMatchingKey.code,
  errors.JWKSMultipleMatchingKeys.code,
]);

/** The caller a token names, or why it is not accepted. */
export async function verifyToken(
  token: string,
  rules: TokenRules,
  { keys, clock }: VerifyPorts,
): Promise<Caller | { readonly rejected: string }> {
  let payload: JWTPayload;
  try {
    const verified = await jwtVerify(token, keys, {
      issuer: rules.issuer,
      algorithms,
      requiredClaims: ["exp", "sub"],
      currentDate: new Date(clock()),
    });
    payload = verified.payload;
  } catch (error) {
    if (error instanceof errors.JOSEError && tokenFaults.has(error.code)) return { rejected: error.message };
    throw error;
  }
  const claims = Claims.safeParse(payload);
  if (!claims.success) return { rejected: z.prettifyError(claims.error) };
  return callerOf(claims.data, rules);
}

function callerOf(claims: z.output<typeof Claims>, rules: TokenRules): Caller | { readonly rejected: string } {
  const audiences = [claims.aud ?? [], claims.client_id ?? []].flat();
  if (!audiences.includes(rules.audience)) return { rejected: `neither aud nor client_id is ${rules.audience}` };
  return {
    subject: claims.sub,
    client: claims.client_id ?? claims.azp ?? claims.sub,
    scopes: scopesOf(claims.scope, rules.scopePrefix),
    expiresAtSeconds: Math.floor(claims.exp),
  };
}

function scopesOf(scope: string, prefix: string): string[] {
  const names = scope.split(" ").filter((name) => name !== "" && name.startsWith(prefix));
  return names.map((name) => name.slice(prefix.length));
}
