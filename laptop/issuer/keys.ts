import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import { z } from "zod";
import { readJson, writeJson } from "../json-file.ts";

export const algorithm = "RS256";

const PublicKey = z.object({
  kty: z.literal("RSA"),
  n: z.string(),
  e: z.string(),
  kid: z.string(),
  alg: z.string(),
  use: z.string(),
});
const PrivateKey = PublicKey.extend({
  d: z.string(),
  p: z.string(),
  q: z.string(),
  dp: z.string(),
  dq: z.string(),
  qi: z.string(),
});

export type SigningKey = z.infer<typeof PrivateKey>;

/** The issuer's key. It is created once and kept, so that tokens stay valid after a restart. */
export async function signingKey(file: string): Promise<SigningKey> {
  return readJson(file, PrivateKey) ?? (await makeKey(file));
}

export function publicKey(key: SigningKey): z.infer<typeof PublicKey> {
  return PublicKey.parse(key);
}

async function makeKey(file: string): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const key = PrivateKey.parse({ ...jwk, kid: await calculateJwkThumbprint(jwk), alg: algorithm, use: "sig" });
  writeJson(file, key, { mode: 0o600 });
  return key;
}
