import { describe, expect, it, onTestFinished } from "vitest";
import { Event } from "../../../contract/event.ts";
import { WebhookId } from "../../../contract/webhook.ts";
import { deliveryOf } from "../../../handlers/webhook-delivery/delivery.ts";
import { signedHeaders } from "../../../handlers/webhook-delivery/signature.ts";
import { item, itemChanged } from "../../../test/support/bus-events.ts";
import { startReceiver } from "./receiver.ts";

const secret = `whsec_${Buffer.from("a secret of twenty-four b").toString("base64")}`;
const webhook = WebhookId.parse("0".repeat(32));

/** A delivery as the platform posts it. */
const { messageId: id, body } = deliveryOf(Event.parse(itemChanged(item("MUG"))), webhook, 0);
const now = () => Math.floor(Date.now() / 1_000);
const headersOf = (text: string, timestamp = now()) => signedHeaders(secret, { id, timestamp, body: text });

async function openReceiver(options: { trusted: boolean } = { trusted: true }) {
  const taken: string[] = [];
  const wrong: string[] = [];
  const receiver = await startReceiver({ onEvent: (id) => taken.push(id), onWrong: (what) => wrong.push(what) });
  onTestFinished(() => receiver.stop());
  if (options.trusted) receiver.trust(secret);
  const post = async (text: string, headers: Record<string, string>) =>
    (await fetch(`http://127.0.0.1:${receiver.port}/`, { method: "POST", headers, body: text })).status;
  return { taken, wrong, post };
}

describe("startReceiver", () => {
  it("accepts deliveries that the platform signed, repeated ones too", async () => {
    const { taken, wrong, post } = await openReceiver();
    expect([await post(body, headersOf(body)), await post(body, headersOf(body))]).toEqual([204, 204]);
    expect([taken, wrong]).toEqual([["ItemChanged/item/MUG/1", "ItemChanged/item/MUG/1"], []]);
  });

  const other = body.replace('"version":1', '"version":2');
  it.each<[string, string, Record<string, string>, RegExp]>([
    ["changed after it was signed", other, headersOf(body), /is not signed/],
    ["signed an hour ago", body, headersOf(body, now() - 3_600), /is not signed: .*timestamp/i],
    ["not signed at all", body, {}, /is not signed/],
    ["no event", "{}", headersOf("{}"), /a body that is no event/],
    [
      "no item",
      body.replace('"sku":"MUG"', '"sku":""'),
      headersOf(body.replace('"sku":"MUG"', '"sku":""')),
      /a ItemChanged outside the contract/,
    ],
    [
      "named after another version",
      other,
      headersOf(other),
      /^ItemChanged\/item\/MUG\/1 is the id of ItemChanged\/item\/MUG\/2/,
    ],
  ])("refuses and reports a delivery that is %s", async (_what, text, headers, why) => {
    const { taken, wrong, post } = await openReceiver();
    expect(await post(text, headers)).toBe(400);
    expect([taken, wrong]).toEqual([[], [expect.stringMatching(why)]]);
  });

  it("accepts no delivery before it knows the secret", async () => {
    const { taken, wrong, post } = await openReceiver({ trusted: false });
    expect(await post(body, headersOf(body))).toBe(503);
    expect([taken, wrong]).toEqual([[], []]);
  });
});
