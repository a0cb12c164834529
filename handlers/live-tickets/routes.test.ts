import { describe, expect, it } from "vitest";
import { recordingLog, send, type Token } from "../../test/support/gateway-event.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { nowMs, openConnections } from "../runtime/connections/connections.fixture.ts";
import { createHttpHandler } from "../runtime/index.ts";
import { createTicketRoutes } from "./routes.ts";

async function open() {
  const { tickets } = await openConnections();
  const clock = () => nowMs;
  const handler = createHttpHandler({
    function: "live-tickets",
    routes: createTicketRoutes({ tickets, clock, secret: () => "guess-me" }),
    clock,
    ids: () => crypto.randomUUID(),
    log: recordingLog(),
    meter: recordingMeter(),
  });
  return { tickets, call: (token?: Token) => send(handler, "createTicket", token ? { token } : {}) };
}

describe("createTicket", () => {
  it("returns a ticket for the token's holder, valid for a minute, without an Idempotency-Key", async () => {
    const { tickets, call } = await open();
    const exp = nowMs / 1_000 + 300;
    expect(await call({ sub: "ada", client: "shop", scope: "stock:availability", exp })).toMatchObject({
      status: 201,
      body: { ticket: "guess-me", expiresAt: "2026-11-24T09:31:00.000Z" },
      headers: { "Cache-Control": "private, no-store" },
    });
    expect(await tickets.take("guess-me")).toEqual({
      subject: "ada",
      client: "shop",
      scopes: ["stock:availability"],
      tokenExpiresAt: "2026-11-24T09:35:00.000Z",
    });
  });

  it("allows stock:read, and refuses other scopes", async () => {
    const { call } = await open();
    expect((await call({ scope: "stock:read" })).status).toBe(201);
    expect(await call({ scope: "reports:read" })).toMatchObject({
      status: 403,
      body: { code: "forbidden", requiredScope: "stock:availability" },
    });
    expect((await call()).status).toBe(401);
  });
});
