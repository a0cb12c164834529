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

describe("the hooks (what they show once they listen is tested in a browser, with the console)", () => {
  it("render before anything is known, on a server too", () => {
    const client = createHoldfast({ api: "http://127.0.0.1:9/v1" });
    const html = renderToString(createElement(HoldfastProvider, { client }, createElement(Shown)));
    expect(html).toBe("connecting 0 none function");
  });

  it("say what is missing without a provider", () => {
    expect(() => renderToString(createElement(Shown))).toThrow(/HoldfastProvider/);
  });
});
