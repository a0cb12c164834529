import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { location, sku } from "../../test/support/inventory-data.ts";
import { allocate, type Supply } from "./allocation.ts";
import { coversTriedMax, smallestCover } from "./location-cover.ts";

const widget = sku("widget");
const gadget = sku("gadget");

const supply = (at: string, sellable: number, fields: Partial<Supply> = {}): Supply => ({
  sku: widget,
  location: location(at),
  sellable,
  eligible: true,
  priority: 100,
  ...fields,
});

const taken = (result: ReturnType<typeof allocate>) =>
  result.kind === "allocated"
    ? result.lines.map(({ allocations }) => allocations.map((part) => `${part.location} ${part.quantity}`).join(", "))
    : result.shortfalls;

describe("allocate", () => {
  it("takes by priority, then by location id, and splits a line over locations", () => {
    const supplies = [supply("c", 9, { priority: 1 }), supply("b", 2), supply("a", 2)];
    expect(taken(allocate([{ sku: widget, quantity: 12 }], supplies, "priority"))).toEqual(["c 9, a 2, b 1"]);
  });

  it("skips locations that are not eligible or have nothing", () => {
    const supplies = [supply("supplier", 9, { eligible: false }), supply("a", -4), supply("b", 3)];
    expect(taken(allocate([{ sku: widget, quantity: 3 }], supplies, "priority"))).toEqual(["b 3"]);
    expect(taken(allocate([{ sku: widget, quantity: 4 }], supplies, "priority"))).toEqual([
      { sku: widget, requested: 4, available: 3 },
    ]);
  });

  it("serves lines that name a location first, in any order of the lines", () => {
    const lines = [
      { sku: widget, quantity: 3 },
      { sku: widget, quantity: 2, location: location("a") },
    ];
    expect(taken(allocate(lines, [supply("a", 3), supply("b", 2)], "priority"))).toEqual(["a 1, b 2", "a 2"]);
  });

  it("takes all lines from the one location that has everything (single)", () => {
    const supplies = [supply("a", 5), supply("b", 5), supply("b", 5, { sku: gadget })];
    const lines = [
      { sku: widget, quantity: 5 },
      { sku: gadget, quantity: 5 },
    ];
    expect(taken(allocate(lines, supplies, "single"))).toEqual(["b 5", "b 5"]);
  });

  it("names the shortfalls at the location that has most of the stock (single)", () => {
    const supplies = [supply("a", 2), supply("b", 4)];
    expect(taken(allocate([{ sku: widget, quantity: 6 }], supplies, "single"))).toEqual([
      { sku: widget, location: location("b"), requested: 6, available: 4 },
    ]);
    expect(taken(allocate([{ sku: widget, quantity: 6 }], [], "single"))).toEqual([
      { sku: widget, requested: 6, available: 0 },
    ]);
  });

  it("prefers one large location to two small ones of better priority (fewest)", () => {
    const supplies = [supply("a", 3, { priority: 1 }), supply("b", 3, { priority: 2 }), supply("c", 6)];
    expect(taken(allocate([{ sku: widget, quantity: 6 }], supplies, "fewest"))).toEqual(["c 6"]);
    expect(taken(allocate([{ sku: widget, quantity: 7 }], supplies, "fewest"))).toEqual(["a 3, c 4"]);
  });
});

const names = ["a", "b", "c", "d", "e"].map(location);
const anySupplies = fc.array(
  fc.record({
    sku: fc.constantFrom(widget, gadget),
    location: fc.constantFrom(...names),
    sellable: fc.integer({ min: -3, max: 9 }),
    eligible: fc.boolean(),
    priority: fc.nat({ max: 2 }),
  }),
);
const anyLines = fc.uniqueArray(
  fc.record({
    sku: fc.constantFrom(widget, gadget),
    location: fc.option(fc.constantFrom(...names), { nil: undefined }),
    quantity: fc.integer({ min: 1, max: 12 }),
  }),
  { minLength: 1, selector: (line) => `${line.sku} ${line.location}` },
);
const strategy = fc.constantFrom("priority" as const, "single" as const, "fewest" as const);

describe("allocate (any levels, any lines)", () => {
  it("gives each line its whole quantity and takes no more from a level than is sellable there", () => {
    fc.assert(
      fc.property(anySupplies, anyLines, strategy, (drawn, lines, how) => {
        const supplies = [...new Map(drawn.map((each) => [`${each.sku} ${each.location}`, each])).values()];
        const result = allocate(lines, supplies, how);
        if (result.kind === "short") return result.shortfalls.every((each) => each.available < each.requested);
        for (const { sku: lineSku, quantity, allocations } of result.lines) {
          expect(
            allocations.reduce((sum, part) => sum + part.quantity, 0),
            lineSku,
          ).toBe(quantity);
        }
        for (const { sku: heldSku, location: at, sellable } of supplies) {
          const parts = result.lines.filter((line) => line.sku === heldSku).flatMap((line) => line.allocations);
          const sum = parts.filter((part) => part.location === at).reduce((total, part) => total + part.quantity, 0);
          expect(sum).toBeLessThanOrEqual(Math.max(0, sellable));
        }
        return true;
      }),
    );
  });
});

describe("smallestCover", () => {
  const covering = (needed: number, sizes: readonly number[]) => (set: readonly string[]) =>
    set.reduce((sum, id) => sum + (sizes[Number(id)] ?? 0), 0) >= needed;

  it("finds a smallest set that covers", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 7 }), fc.nat({ max: 30 }), (sizes, drawn) => {
        const needed = Math.max(
          1,
          Math.min(
            drawn,
            sizes.reduce((sum, size) => sum + size, 0),
          ),
        );
        fc.pre(sizes.some((size) => size > 0));
        const found = smallestCover(
          sizes.map((_, index) => location(String(index))),
          covering(needed, sizes),
        );
        const biggest = [...sizes].sort((a, b) => b - a);
        const fewest =
          biggest.findIndex((_, index) => biggest.slice(0, index + 1).reduce((a, b) => a + b) >= needed) + 1;
        expect(found).toHaveLength(fewest);
      }),
    );
  });

  it("accepts a set without spare members when trying all sets would take too long", () => {
    const sizes = Array.from({ length: 40 }, () => 1);
    let triedCount = 0;
    const covers = covering(20, sizes);
    const found = smallestCover(
      sizes.map((_, index) => location(String(index))),
      (set) => {
        triedCount += 1;
        return covers(set);
      },
    );
    expect(found).toHaveLength(20);
    expect(triedCount).toBeLessThanOrEqual(coversTriedMax + sizes.length);
  });
});
