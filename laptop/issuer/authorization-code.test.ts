import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeJwt } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCodes } from "./authorization-code.ts";
import { type Issuer, startIssuer } from "./issuer.ts";

const verifier = "a-verifier-of-at-least-43-characters-0123456789";
const challenge = createHash("sha256").update(verifier).digest("base64url");
const request = {
  response_type: "code",
  client_id: "some-page",
  redirect_uri: "http://127.0.0.1:5173/signed-in?x=1",
  scope: "openid things:read",
  state: "s<1>",
  nonce: "n1",
  code_challenge: challenge,
  code_challenge_method: "S256",
};

let folder: string;
let issuer: Issuer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "issuer-"));
  issuer = await startIssuer({ keyFile: join(folder, "keys.json"), port: 0, audience: "some-api" });
});
afterEach(async () => {
  await issuer.stop();
  rmSync(folder, { recursive: true, force: true });
});

function ask(changes: Partial<typeof request> = {}) {
  return fetch(`${issuer.url}/oauth2/authorize?${new URLSearchParams({ ...request, ...changes })}`);
}

async function signIn(changes: Partial<typeof request> = {}): Promise<URL> {
  const body = new URLSearchParams({ ...request, ...changes, subject: "ada" });
  const response = await fetch(`${issuer.url}/oauth2/authorize`, { method: "POST", body, redirect: "manual" });
  expect(response.status).toBe(303);
  return new URL(response.headers.get("location") ?? "");
}

async function redeem(form: Partial<Record<string, string>> & { code: string }) {
  const complete = { grant_type: "authorization_code", client_id: request.client_id, ...form };
  const all = { redirect_uri: request.redirect_uri, code_verifier: verifier, ...complete };
  const body = new URLSearchParams(all as Record<string, string>);
  const response = await fetch(`${issuer.url}/oauth2/token`, { method: "POST", body });
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  return { status: response.status, body: (await response.json()) as Partial<Record<string, string>> };
}

describe("signing in (authorization code with PKCE)", () => {
  it("asks for a name, and escapes the values of the request in its HTML", async () => {
    const response = await ask({ client_id: '"><script>alert(1)</script>' });
    expect(response.status).toBe(200);
    const html = await response.text();
    expect(html).toContain('name="subject"');
    expect(html).not.toContain("<script>");
  });

  it("redirects with a code that gives tokens of the user who signed in", async () => {
    const back = await signIn();
    expect(back.origin + back.pathname).toBe("http://127.0.0.1:5173/signed-in");
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ x: "1", state: request.state });
    const { status, body } = await redeem({ code: back.searchParams.get("code") ?? "" });
    expect(status).toBe(200);
    expect(decodeJwt(body.access_token ?? "")).toMatchObject({ sub: "ada", aud: "some-api", scope: request.scope });
    expect(decodeJwt(body.id_token ?? "")).toMatchObject({ sub: "ada", aud: "some-page", nonce: "n1" });
  });

  it("accepts a code once, and only with its verifier, client and address", async () => {
    for (const wrong of [{ code_verifier: "other" }, { client_id: "other" }, { redirect_uri: "http://localhost/" }]) {
      const code = (await signIn()).searchParams.get("code") ?? "";
      expect(await redeem({ code, ...wrong })).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
      expect(await redeem({ code })).toMatchObject({ status: 400 });
    }
  });

  it("refuses a request without PKCE, and a redirect to another machine", async () => {
    const refused = [{ code_challenge_method: "plain" }, { redirect_uri: "https://elsewhere.example/" }];
    for (const changes of [...refused, { redirect_uri: "javascript:alert(1)" }]) {
      expect((await ask(changes)).status).toBe(400);
    }
  });

  it("refuses a code after a minute", () => {
    let now = 0;
    const codes = createCodes(() => now);
    const parsed = { ...request, response_type: "code", code_challenge_method: "S256" } as const;
    const code = codes.issue({ request: parsed, subject: "ada", scope: "openid" });
    now = 60_001;
    const { client_id, redirect_uri } = request;
    expect(codes.redeem({ code, client_id, redirect_uri, code_verifier: verifier })).toBeUndefined();
  });
});
