import { describe, expect, it, onTestFinished } from "vitest";
import { Event } from "../../../contract/event.ts";
import { WebhookId } from "../../../contract/webhook.ts";
import { deliveryOf } from "../../../handlers/webhook-delivery/delivery.ts";
import { signedHeaders } from "../../../handlers/webhook-delivery/signature.ts";
import { item, itemChanged } from "../../../test/support/bus-events.ts";
import { serveShop } from "../../../test/support/rest-server.ts";
import { openShop } from "../../../test/support/shop.ts";
import { Journal } from "../replay/journal.ts";
import { Session } from "../replay/session.ts";
import { openListener } from "./listener.ts";

async function openSession() {
  const journal = Journal.open(":memory:");
  const tokens = { current: async () => "token", renew: () => {} };
  const baseUrl = await serveShop(await openShop());
  const session = new Session({ runId: "demo-test", seed: 1, journal, baseUrl, tokens });
  const webhooks = async () => {
    const answer = await session.send("read", "listWebhooks", { query: { limit: 100 } });
    return answer.kind === "done" ? answer.value.items.map(({ url }) => url) : [];
  };
  const webhook = async (url: string) => {
    const body = { url, events: ["ItemChanged" as const] };
    return session.send("listen", "createWebhook", { key: crypto.randomUUID(), body });
  };
  return { session, journal, webhooks, webhook };
}

describe("openListener", () => {
  it("has a webhook until its run ends, and deletes only webhooks that killed demos left behind", async () => {
    const { session, journal, webhooks, webhook } = await openSession();
    const abandoned = "http://127.0.0.1:1/holdfast-demo/demo-killed";
    const others = ["http://127.0.0.1:1/orders", "https://shop.example/holdfast-demo"];
    for (const url of [abandoned, ...others]) await webhook(url);
    const listener = await openListener(session);
    onTestFinished(() => listener.stop());
    const [own, ...rest] = (await webhooks()).filter((url) => !others.includes(url));
    expect([own, rest]).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/holdfast-demo\/demo-test$/), []]);

    const second = await openListener(session);
    onTestFinished(() => second.stop());
    expect(await webhooks()).toContain(own);
    await listener.unregister();
    await second.unregister();
    expect((await webhooks()).sort()).toEqual(others.sort());
    expect(journal.events.counts()).toMatchObject({ expectedCount: 0, cameCount: 0 });
  });

  it("reports a delivery that was signed with another secret", async () => {
    const { session, webhooks } = await openSession();
    const listener = await openListener(session);
    onTestFinished(() => listener.stop());
    const [url = ""] = await webhooks();
    const delivery = deliveryOf(Event.parse(itemChanged(item("MUG"))), WebhookId.parse("0".repeat(32)), 0);
    const content = { id: delivery.messageId, timestamp: Math.floor(Date.now() / 1_000), body: delivery.body };
    const headers = signedHeaders(`whsec_${Buffer.from("who else").toString("base64")}`, content);
    expect((await fetch(url, { method: "POST", headers, body: delivery.body })).status).toBe(400);
    expect(listener.wrong).toEqual([expect.stringContaining("is not signed")]);
  });
});
