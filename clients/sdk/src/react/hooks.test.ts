import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { createHoldfast } from "../index.ts";
import { HoldfastProvider, useReservation, useStock } from "./index.ts";

function Shown() {
  const { state, levels } = useStock("MUG", "LEEDS");
  const { reservation, take } = useReservation("r1");
  return `${state} ${levels.length} ${reservation?.id ?? "none"} ${typeof take}`;
}

describe("the hooks (the console's browser tests cover what they show after they subscribe)", () => {
  it("render before any data arrives, on a server too", () => {
    const client = createHoldfast({ api: "http://127.0.0.1:9/v1" });
    const html = renderToString(createElement(HoldfastProvider, { client }, createElement(Shown)));
    expect(html).toBe("connecting 0 none function");
  });

  it("throw an error that names the missing provider", () => {
    expect(() => renderToString(createElement(Shown))).toThrow(/HoldfastProvider/);
  });
});
