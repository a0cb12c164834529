import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ApiClient, type CallOptions } from "./api-client.ts";
import type { TokenSource } from "./token.ts";

type Fault = (request: IncomingMessage, response: ServerResponse) => void;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const status =
  (code: number, headers: Record<string, string> = {}): Fault =>
  (_request, response) =>
    response.writeHead(code, headers).end("{}");
const reset: Fault = (request) => request.socket.destroy();
const cut: Fault = (request, response) => {
  response.writeHead(200, { "content-length": "100" }).write("{");
  setImmediate(() => request.socket.destroy());
};
const healthy: Fault = (_request, response) => response.writeHead(200).end('{"status":"ok"}');
const refusal: Fault = (_request, response) =>
  response.writeHead(409).end(
    JSON.stringify({
      type: "about:blank",
      title: "Not enough stock",
      status: 409,
      code: "insufficient_stock",
      detail: "short",
      instance: "/v1/movements",
      shortfalls: [{ sku: "A", location: "LEEDS", requested: 6, available: 2 }],
    }),
  );

/** Starts a server that fails in this order; the last entry repeats. */
async function network(faults: readonly Fault[]) {
  const seen: { key: string | undefined; token: string | undefined; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const key = request.headers["idempotency-key"];
    seen.push({ key: Array.isArray(key) ? key[0] : key, token: request.headers.authorization, body });
    (faults[seen.length - 1] ?? faults.at(-1))?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, seen };
}

function countedTokens(): TokenSource {
  let number = 1;
  return {
    current: async () => `token-${number}`,
    renew: () => {
      number += 1;
    },
  };
}

const adjust: CallOptions<"makeMovements"> = {
  key: "run-2-adjust0-r0",
  body: { kind: "adjust", lines: [{ sku: "A", location: "LEEDS", quantity: -6 }] },
};

describe("ApiClient", () => {
  it("retries with the same key and body until it gets an answer (429, 503, 502, reset, cut short)", async () => {
    const { baseUrl, seen } = await network([status(429), status(503), status(502), reset, cut, refusal]);
    const retries: string[] = [];
    const client = new ApiClient({ baseUrl, tokens: countedTokens(), onRetry: (_operation, why) => retries.push(why) });
    const answer = await client.call("makeMovements", adjust);
    expect(answer).toMatchObject({
      kind: "refused",
      problem: { code: "insufficient_stock", shortfalls: [{ available: 2 }] },
    });
    expect(new Set(seen.map(({ key, body }) => `${key} ${body}`)).size).toBe(1);
    expect(seen[0]?.key).toBe(adjust.key);
    expect(retries).toHaveLength(5);
    expect(retries.slice(0, 3)).toEqual(["429", "503", "502"]);
  });

  it("requests a new token when one is refused", async () => {
    const { baseUrl, seen } = await network([status(401), healthy]);
    const client = new ApiClient({ baseUrl, tokens: countedTokens() });
    expect(await client.call("getHealth", {})).toMatchObject({ kind: "done", value: { status: "ok" } });
    expect(seen.map(({ token }) => token)).toEqual(["Bearer token-1", "Bearer token-2"]);
  });

  it("gives up when every token is refused", async () => {
    const { baseUrl, seen } = await network([status(401)]);
    const client = new ApiClient({ baseUrl, tokens: countedTokens() });
    await expect(client.call("getHealth", {})).rejects.toThrow(/last: 401/);
    expect(seen).toHaveLength(4);
  });

  it("gives up on a long outage and says how to resume", async () => {
    const { baseUrl } = await network([reset]);
    const client = new ApiClient({ baseUrl, tokens: countedTokens(), outageMsMax: 50 });
    await expect(client.call("getHealth", {})).rejects.toMatchObject({
      name: "SystemError",
      message: expect.stringMatching(/^getHealth got no answer from .* run the same again to resume$/),
    });
  });

  it("stops at an answer outside the contract", async () => {
    const { baseUrl } = await network([(_request, response) => response.writeHead(200).end("<html>")]);
    const client = new ApiClient({ baseUrl, tokens: countedTokens() });
    await expect(client.call("getHealth", {})).rejects.toThrow(/answered outside the contract: 200 .*<html>/);
  });
});
