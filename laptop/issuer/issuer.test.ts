import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signAccessToken } from "./access-token.ts";
import { type Issuer, startIssuer } from "./issuer.ts";
import { signingKey } from "./keys.ts";

const audience = "some-api";
let folder: string;
let keyFile: string;
let issuer: Issuer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "issuer-"));
  keyFile = join(folder, "keys.json");
  issuer = await startIssuer({ keyFile, port: 0, audience });
});
afterEach(async () => {
  await issuer.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("startIssuer", () => {
  it("serves the keys that verify a token signed offline", async () => {
    const token = await signAccessToken(await signingKey(keyFile), {
      issuer: issuer.url,
      audience,
      subject: "ada",
      client: "shop",
      scope: "things:read things:write",
    });
    const { payload } = await verify(token);
    expect(payload).toMatchObject({ sub: "ada", client_id: "shop", scope: "things:read things:write", aud: audience });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(43_200);
  });

  it("answers client_credentials with a token of that client (secret in the form, Basic authentication)", async () => {
    const form = await requestToken({ grant_type: "client_credentials", client_id: "shop", scope: "things:read" });
    expect(form).toMatchObject({ status: 200, body: { token_type: "Bearer", scope: "things:read" } });
    const authorization = `Basic ${Buffer.from("shop:any").toString("base64")}`;
    const basic = await requestToken({ grant_type: "client_credentials" }, { authorization });
    expect(basic).toMatchObject({ status: 200, body: { scope: "admin" } });
    for (const { body } of [form, basic]) expect((await verify(body.access_token ?? "")).payload.sub).toBe("shop");
  });

  it("refuses another grant and a request without a client", async () => {
    expect(await requestToken({ grant_type: "password", client_id: "shop" })).toMatchObject({
      status: 400,
      body: { error: "unsupported_grant_type" },
    });
    expect(await requestToken({ grant_type: "client_credentials" })).toMatchObject({
      status: 401,
      body: { error: "invalid_client" },
    });
  });

  it("keeps its key over a restart; only the owner can read it, and it is never served", async () => {
    const { body } = await requestToken({ grant_type: "client_credentials", client_id: "shop" });
    const port = Number(new URL(issuer.url).port);
    await issuer.stop();
    issuer = await startIssuer({ keyFile, port, audience });
    const { protectedHeader } = await verify(body.access_token ?? "");
    expect(protectedHeader.kid).toBe(decodeProtectedHeader(body.access_token ?? "").kid);
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    const { keys } = (await (await fetch(`${issuer.url}/.well-known/jwks.json`)).json()) as { keys: object[] };
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([["alg", "e", "kid", "kty", "n", "use"]]);
  });
});

/** Finds the keys by discovery, as a relying party does. */
async function verify(token: string) {
  const discovery = await fetch(`${issuer.url}/.well-known/openid-configuration`);
  const { jwks_uri } = (await discovery.json()) as { jwks_uri: string };
  return jwtVerify(token, createRemoteJWKSet(new URL(jwks_uri)), { issuer: issuer.url, audience });
}

async function requestToken(form: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(`${issuer.url}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams(form),
    headers,
  });
  return { status: response.status, body: (await response.json()) as Partial<Record<string, string>> };
}
