import { describe, expect, it } from "vitest";
import { location, sku } from "../test/support/inventory-data.ts";
import { ClientFrame, liveLimits, parseTopic, ServerFrame, topicsOf } from "./live.ts";

describe("parseTopic", () => {
  it.each([
    ["stock/A-1", { kind: "item", sku: "A-1" }],
    ["stock/A-1/north", { kind: "level", sku: "A-1", location: "north" }],
    ["location/north", { kind: "location", location: "north" }],
  ])("reads %s", (text, subject) => expect(parseTopic(text)).toEqual(subject));

  it.each([
    "",
    "stock",
    "stock/",
    "stock/A/",
    "stock/A/north/",
    "stock/A/north/x",
    "stock/a b",
    "stock/..",
    "location",
    "location/",
    "location/north/A",
    "Stock/A",
    "item/A",
    `stock/${"x".repeat(65)}`,
  ])("refuses %j", (text) => expect(parseTopic(text)).toBeUndefined());

  it("reads every topic on which a change of a level is sent", () => {
    const kinds = topicsOf({ sku: sku("A"), location: location("north") }).map((topic) => parseTopic(topic)?.kind);
    expect(kinds).toEqual(["item", "level", "location"]);
  });
});

describe("frames", () => {
  const topics = Array.from({ length: liveLimits.topicsPerFrameMax }, (_, index) => `stock/A-${index}`);

  it("accepts as many topics as the limit allows, and no more", () => {
    expect(ClientFrame.safeParse({ action: "subscribe", id: "1", topics }).success).toBe(true);
    expect(ClientFrame.safeParse({ action: "subscribe", id: "1", topics: [...topics, "stock/B"] }).success).toBe(false);
  });

  it.each([{ action: "ping", id: "1" }, { action: "subscribe", topics: ["stock/A"] }, { action: "shout" }, [], null])(
    "refuses %j",
    (frame) => expect(ClientFrame.safeParse(frame).success).toBe(false),
  );

  it("accepts availability alone in a snapshot, and refuses a mixture with other quantities", () => {
    const cut = { sku: "A", location: "north", available: 1, asOf: "2026-01-01T00:00:00.000Z", version: 1 };
    const snapshot = (level: object) => ({ type: "snapshot", topic: "stock/A", levels: [level], part: 1, last: true });
    expect(ServerFrame.safeParse(snapshot(cut)).success).toBe(true);
    expect(ServerFrame.safeParse(snapshot({ ...cut, onHand: 3 })).success).toBe(false);
  });
});
