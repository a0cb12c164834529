import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Operation } from "../../contract/routes.ts";
import { recordingLog, send } from "../../test/support/gateway-event.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { openWebhookTable } from "../../test/support/webhook-table.ts";
import { createHttpHandler } from "../runtime/index.ts";
import { createWebhookRoutes, webhookChecks } from "./routes.ts";

async function openWebhooks(targets: "public" | "any" = "public") {
  const { webhooks } = await openWebhookTable();
  const handler = createHttpHandler({
    function: "webhooks",
    routes: createWebhookRoutes({
      webhooks,
      clock: Date.now,
      secret: () => randomBytes(32).toString("base64"),
    }),
    checks: webhookChecks(targets),
    clock: Date.now,
    ids: () => crypto.randomUUID(),
    log: recordingLog(),
    meter: recordingMeter(),
  });
  const call = (operation: Operation, request: Parameters<typeof send>[2] = {}) =>
    send(handler, operation, { token: { scope: "webhooks:write" }, ...request });
  const create = (url: string, key: string = crypto.randomUUID(), events: readonly string[] = ["StockRanLow"]) =>
    call("createWebhook", { body: { url, events }, headers: { "Idempotency-Key": key } });
  return { call, create };
}

describe("webhooks", () => {
  it("are created with a secret that is shown once, listed, and deleted", async () => {
    const { call, create } = await openWebhooks();
    const made = await create("https://shop.example/hook");
    expect(made).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) } });
    const { secret: _, ...shown } = made.body;
    expect((await call("listWebhooks")).body).toEqual({ items: [shown], nextCursor: null });
    const parameters = { id: shown.id };
    expect(await call("deleteWebhook", { parameters })).toMatchObject({ status: 204, body: "" });
    expect(await call("deleteWebhook", { parameters })).toMatchObject({ status: 404, body: { code: "not_found" } });
  });

  it("are created once by a repeated request, which gets the same answer", async () => {
    const { call, create } = await openWebhooks();
    const first = await create("https://shop.example/hook", "key");
    const again = await create("https://shop.example/hook", "key");
    expect([again.body, again.headers["Idempotent-Replayed"]]).toEqual([first.body, "true"]);
    expect(await create("https://shop.example/other", "key")).toMatchObject({ status: 422 });
    expect((await call("listWebhooks")).body.items).toHaveLength(1);
  });

  it("are listed page by page", async () => {
    const { call, create } = await openWebhooks();
    for (let n = 1; n <= 3; n++) await create(`https://shop.example/${n}`);
    const first = (await call("listWebhooks", { query: { limit: "2" } })).body;
    const second = (await call("listWebhooks", { query: { limit: "2", cursor: first.nextCursor } })).body;
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([2, 1, null]);
    // MUG: a cursor of the levels of a location.
    const foreign = await call("listWebhooks", { query: { cursor: "TVVH" } });
    expect(foreign).toMatchObject({ status: 400, body: { errors: [{ path: "cursor" }] } });
  });

  it.each([
    "http://shop.example/hook",
    "https://127.0.0.1/hook",
    "https://[::1]/",
    "https://10.1.2.3/",
    "https://2130706433/",
    "https://user:secret@shop.example/",
  ])("are refused with the address %s", async (url) => {
    const { create } = await openWebhooks();
    expect(await create(url)).toMatchObject({ status: 400, body: { errors: [{ path: "/url" }] } });
  });

  it("accept an address of this machine if the deployment allows it, but only http(s) and known events", async () => {
    const { create } = await openWebhooks("any");
    expect((await create("http://127.0.0.1:8080/hook")).status).toBe(201);
    expect((await create("ftp://shop.example/")).status).toBe(400);
    expect((await create("https://shop.example/", undefined, ["Surprise"])).status).toBe(400);
  });
});
