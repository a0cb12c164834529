import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { APIGatewayRequestAuthorizerEvent } from "aws-lambda";
import { createRemoteJWKSet, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordingLog } from "../../test/support/gateway-event.ts";
import { createAuthorizer } from "./authorize.ts";

const nowMs = Date.parse("2026-03-01T12:00:00.000Z");
const nowSeconds = nowMs / 1_000;
const methodArn = "arn:aws:execute-api:eu-west-1:000000000000:api1/v1/GET/stock/MUG";

const trusted = await generateKeyPair("RS256");
const stranger = await generateKeyPair("RS256");
let issuer: string;
let server: Server;
let keySetFetchCount = 0;

beforeAll(async () => {
  const jwk = { ...(await exportJWK(trusted.publicKey)), kid: "key-1", alg: "RS256" };
  server = createServer((_, response) => {
    keySetFetchCount++;
    response.setHeader("Content-Type", "application/json").end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

function sign(claims: JWTPayload, key = trusted.privateKey, header: object = { alg: "RS256", kid: "key-1" }) {
  const all = { iss: issuer, sub: "ada", aud: "holdfast", exp: nowSeconds + 60, scope: "stock:read", ...claims };
  return new SignJWT(all).setProtectedHeader(header as { alg: string }).sign(key);
}

function authorizerOf({ scopePrefix = "", jwks = issuer } = {}) {
  const log = recordingLog();
  const authorize = createAuthorizer({
    rules: { issuer, audience: "holdfast", scopePrefix },
    keys: createRemoteJWKSet(new URL(jwks), { timeoutDuration: 1_000 }),
    clock: () => nowMs,
    log,
  });
  const withHeaders = (headers: Record<string, string>) =>
    authorize({ type: "REQUEST", methodArn, headers } as unknown as APIGatewayRequestAuthorizerEvent);
  return { log, withHeaders, withToken: (token: string) => withHeaders({ Authorization: `Bearer ${token}` }) };
}

describe("authorizer", () => {
  it("allows the whole stage and names subject, client, scopes and expiry", async () => {
    const token = await sign({ client_id: "shop", azp: "other", scope: "stock:read  reservations:write" });
    expect(await authorizerOf().withToken(token)).toEqual({
      principalId: "ada",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "execute-api:Invoke",
            Resource: "arn:aws:execute-api:eu-west-1:000000000000:api1/v1/*",
          },
        ],
      },
      context: { sub: "ada", client: "shop", scope: "stock:read reservations:write", exp: String(nowSeconds + 60) },
    });
  });

  it.each([
    ["client_id", { client_id: "a", azp: "b" }, "a"],
    ["azp", { azp: "b" }, "b"],
    ["sub", {}, "ada"],
  ])("takes the client from %s", async (_, claims, client) => {
    expect((await authorizerOf().withToken(await sign(claims))).context).toMatchObject({ client });
  });

  it("accepts a token whose client_id, not aud, names this API", async () => {
    const token = await sign({ aud: "elsewhere", client_id: "holdfast" });
    expect((await authorizerOf().withToken(token)).context).toMatchObject({ sub: "ada" });
  });

  it("removes the prefix and drops scopes of other APIs", async () => {
    const token = await sign({ scope: "api/stock:read admin other/stock:write" });
    expect((await authorizerOf({ scopePrefix: "api/" }).withToken(token)).context).toMatchObject({
      scope: "stock:read",
    });
  });

  it("allows a request without a token, with no principal", async () => {
    const result = await authorizerOf().withHeaders({});
    expect(result).toMatchObject({ principalId: "anonymous" });
    expect(result.context).toBeUndefined();
  });

  it("reads the header in any letter case, and fetches the key set once", async () => {
    const { withHeaders } = authorizerOf();
    const token = await sign({});
    keySetFetchCount = 0;
    await withHeaders({ authorization: `bearer ${token}` });
    await withHeaders({ AUTHORIZATION: `Bearer ${token}` });
    expect(keySetFetchCount).toBe(1);
  });

  it.each<[string, () => Promise<string>]>([
    ["that expires at this second", () => sign({ exp: nowSeconds })],
    ["without exp", () => sign({ exp: undefined as never })],
    ["without sub", () => sign({ sub: undefined as never })],
    ["not valid yet", () => sign({ nbf: nowSeconds + 60 })],
    ["of another issuer", () => sign({ iss: "https://elsewhere.example" })],
    ["for another audience", () => sign({ aud: "elsewhere" })],
    ["without audience", () => sign({ aud: undefined as never })],
    ["signed with another key", () => sign({}, stranger.privateKey)],
    ["with an unknown key id", () => sign({}, trusted.privateKey, { alg: "RS256", kid: "key-2" })],
    ["unsigned", async () => `${(await sign({})).split(".").slice(0, 2).join(".")}.`],
    ["of algorithm none", async () => `${btoa('{"alg":"none"}')}.${(await sign({})).split(".")[1]}.`],
    ["that is not a JWT", async () => "nonsense"],
  ])("refuses a token %s", async (_, make) => {
    const { withToken, log } = authorizerOf();
    await expect(withToken(await make())).rejects.toThrow(/^Unauthorized$/);
    expect(JSON.stringify(log.lines)).not.toContain("eyJ");
  });

  it.each(["", "Basic YTpi", "Bearer", "Bearer a b"])("refuses the header %j", async (header) => {
    await expect(authorizerOf().withHeaders({ Authorization: header })).rejects.toThrow(/^Unauthorized$/);
  });

  it("throws another error than Unauthorized when the key set cannot be read", async () => {
    const { withToken } = authorizerOf({ jwks: "http://127.0.0.1:1/jwks" });
    await expect(withToken(await sign({}))).rejects.not.toThrow(/^Unauthorized$/);
  });
});
