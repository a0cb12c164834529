import { describe, expect, it } from "vitest";
import { gatewayEvent } from "../../../test/support/gateway-event.ts";
import { viewerAddress } from "./viewer-address.ts";

const from = (headers: Record<string, string>) => {
  const event = gatewayEvent("listItems", { headers });
  return {
    ...event,
    requestContext: { ...event.requestContext, identity: { sourceIp: "203.0.113.9" } },
  } as typeof event;
};

describe("viewerAddress", () => {
  it.each([
    ["the viewer that the edge saw", "198.51.100.7, 203.0.113.9", "198.51.100.7"],
    ["not what a viewer claims", "10.0.0.1, 198.51.100.7, 203.0.113.9", "198.51.100.7"],
    ["an IPv6 address", "2001:db8::1, 203.0.113.9", "2001:db8::1"],
    ["the address that the gateway sees, without an edge", "203.0.113.9", "203.0.113.9"],
  ])("is %s", (_, passed, address) => expect(viewerAddress(from({ "X-Forwarded-For": passed }))).toBe(address));

  it("is the address that the gateway sees, without the header", () =>
    expect(viewerAddress(from({}))).toBe("203.0.113.9"));
});
