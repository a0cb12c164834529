import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { z } from "zod";
import type { Clock } from "../../inventory/index.ts";

export interface TokenRules {
  readonly issuer: string;
  /** `aud` or `client_id` must match it. */
  readonly audience: string;
  /** Removed from each scope. A scope without it belongs to another API and is dropped. */
  readonly scopePrefix: string;
}

/** The data of a token that functions use. */
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

/** Only asymmetric algorithms, so that a public key is never used as a shared secret. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/** Errors that the token causes. Other errors (for example, an unreachable key set) are rethrown. */
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

/** Returns the caller that a token names, or why the token is rejected. */
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
