import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { recordingLog } from "../../test/support/gateway-event.ts";
import { holder, nowMs, openConnections } from "../runtime/connections/connections.fixture.ts";
import { createLiveAuthorizer } from "./authorize.ts";

const methodArn = "arn:aws:execute-api:eu-west-1:000000000000:api1/live/$connect";
const issuer = "https://issuer.test";
const edge = { header: "x-origin-verify", secret: "known-to-the-edge" };
const { privateKey, publicKey } = await generateKeyPair("ES256");
const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: "k", alg: "ES256" }] });

async function open(access: "tickets" | "tokens", clock = () => nowMs) {
  const { tickets } = await openConnections(clock);
  const log = recordingLog();
  const rules = { issuer, audience: "holdfast", scopePrefix: "" };
  const authorize = createLiveAuthorizer({ tickets, access, rules, keys, edge, clock, log });
  const upgrade = (token?: string, headers: Record<string, string> = { "X-Origin-Verify": edge.secret }) =>
    authorize({ methodArn, headers, queryStringParameters: token === undefined ? null : { token } });
  return { tickets, log, upgrade };
}

const signed = (scope = "stock:read") =>
  new SignJWT({ scope, client_id: "shop" })
    .setProtectedHeader({ alg: "ES256", kid: "k" })
    .setIssuer(issuer)
    .setAudience("holdfast")
    .setSubject("ada")
    .setExpirationTime(nowMs / 1_000 + 60)
    .sign(privateKey);

describe("createLiveAuthorizer", () => {
  it("accepts a ticket once, and returns its holder as context for the session", async () => {
    const { tickets, upgrade } = await open("tickets");
    await tickets.keep("secret", holder({ scopes: ["stock:read", "reports:read"] }), "2026-11-24T09:31:00.000Z");
    expect(await upgrade("secret")).toEqual({
      principalId: "ada",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "execute-api:Invoke", Resource: methodArn }],
      },
      context: { ...holder(), scopes: "stock:read reports:read" },
    });
    await expect(upgrade("secret")).rejects.toThrow(/^Unauthorized$/);
  });

  it.each([undefined, "", "made-up"])("refuses %j as a ticket", async (token) => {
    const { upgrade } = await open("tickets");
    await expect(upgrade(token)).rejects.toThrow(/^Unauthorized$/);
  });

  it("refuses a ticket whose token has expired", async () => {
    const { tickets, upgrade } = await open("tickets");
    await tickets.keep("late", holder({ tokenExpiresAt: "2026-11-24T09:30:00.000Z" }), "2026-11-24T09:31:00.000Z");
    await expect(upgrade("late")).rejects.toThrow(/^Unauthorized$/);
  });

  it("accepts an access token only when the deployment allows tokens", async () => {
    const token = await signed();
    const context = { ...holder({ tokenExpiresAt: "2026-11-24T09:31:00.000Z" }), scopes: "stock:read" };
    expect(await (await open("tokens")).upgrade(token)).toMatchObject({ principalId: "ada", context });
    await expect((await open("tickets")).upgrade(token)).rejects.toThrow(/^Unauthorized$/);
    await expect((await open("tokens")).upgrade(`${token.slice(0, -8)}AAAAAAAA`)).rejects.toThrow(/^Unauthorized$/);
  });

  it.each<[what: string, headers: Record<string, string>]>([
    ["nothing", {}],
    ["another value", { "x-origin-verify": "made-up" }],
    ["the start of the value", { "x-origin-verify": edge.secret.slice(0, -1) }],
    ["the value in another header", { "x-other": edge.secret }],
  ])("refuses a request that bypasses the edge (%s), and the ticket stays valid", async (_, headers) => {
    const { tickets, upgrade } = await open("tickets");
    await tickets.keep("secret", holder(), "2026-11-24T09:31:00.000Z");
    await expect(upgrade("secret", headers)).rejects.toThrow(/^Unauthorized$/);
    expect(await upgrade("secret")).toMatchObject({ principalId: "ada" });
  });

  it("logs the reason of a refusal and never the ticket", async () => {
    const { upgrade, log } = await open("tickets");
    await expect(upgrade("made-up")).rejects.toThrow();
    expect(log.lines).toHaveLength(1);
    expect(JSON.stringify(log.lines)).not.toContain("made-up");
  });
});
