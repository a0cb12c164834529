import { importJWK, SignJWT } from "jose";
import { algorithm, type SigningKey } from "./keys.ts";

export const issuerHost = "127.0.0.1";
export const tokenTtlSeconds = 12 * 60 * 60;

export interface AccessTokenClaims {
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  readonly client: string;
  /** Space-separated. */
  readonly scope: string;
}

export function issuerUrl(port: number): string {
  return `http://${issuerHost}:${port}`;
}

export async function signAccessToken(key: SigningKey, claims: AccessTokenClaims): Promise<string> {
  return new SignJWT({ scope: claims.scope, client_id: claims.client })
    .setProtectedHeader({ alg: algorithm, kid: key.kid, typ: "at+jwt" })
    .setIssuer(claims.issuer)
    .setAudience(claims.audience)
    .setSubject(claims.subject)
    .setJti(crypto.randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${tokenTtlSeconds}s`)
    .sign(await importJWK(key, algorithm));
}

/** OpenID Connect Core, section 2: tells the client who signed in. APIs do not accept it. */
export async function signIdToken(
  key: SigningKey,
  claims: Omit<AccessTokenClaims, "audience" | "scope"> & { readonly nonce: string | undefined },
): Promise<string> {
  return new SignJWT(claims.nonce === undefined ? {} : { nonce: claims.nonce })
    .setProtectedHeader({ alg: algorithm, kid: key.kid })
    .setIssuer(claims.issuer)
    .setAudience(claims.client)
    .setSubject(claims.subject)
    .setIssuedAt()
    .setExpirationTime(`${tokenTtlSeconds}s`)
    .sign(await importJWK(key, algorithm));
}
