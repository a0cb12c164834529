import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GivenInstant, IdempotencyKey, LocationId, Sku } from "./identifiers.ts";
import { Policy } from "./level.ts";
import { limits } from "./limits.ts";
import { MovementCommand } from "./movement.ts";
import { problems } from "./problem.ts";
import { HoldCommand } from "./reservation.ts";
import { hasScope } from "./scope.ts";

const accepts = (schema: { safeParse(input: unknown): { success: boolean } }, input: unknown) =>
  schema.safeParse(input).success;

describe("Sku", () => {
  it.each(["85123A", "a", ".a", "...", "A-b_c.9", "x".repeat(64)])("accepts %s", (text) => {
    expect(accepts(Sku, text)).toBe(true);
  });

  it.each(["", ".", "..", "BANK CHARGES", "a/b", "é", "a\n", "x".repeat(65), 7])("refuses %j", (text) => {
    expect(accepts(Sku, text)).toBe(false);
  });

  it("accepts a text exactly when all its characters are allowed and it is not . or ..", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 64 }), (text) => {
        const legal = [...text].every((c) => /[A-Za-z0-9._-]/.test(c)) && text !== "." && text !== "..";
        expect(accepts(Sku, text)).toBe(legal);
      }),
    );
  });
});

describe("LocationId", () => {
  it("accepts at most 32 characters", () => {
    expect(accepts(LocationId, "x".repeat(32))).toBe(true);
    expect(accepts(LocationId, "x".repeat(33))).toBe(false);
  });
});

describe("IdempotencyKey", () => {
  it.each([
    ["a", true],
    ["!~", true],
    ["x".repeat(128), true],
    ["x".repeat(129), false],
    ["", false],
    ["a b", false],
    ["ü", false],
  ])("%j: %s", (key, legal) => {
    expect(accepts(IdempotencyKey, key)).toBe(legal);
  });
});

describe("GivenInstant", () => {
  it("normalises an offset to UTC", () => {
    expect(GivenInstant.parse("2026-01-31T10:30:00+01:00")).toBe("2026-01-31T09:30:00.000Z");
  });
});

describe("MovementCommand", () => {
  const line = { sku: "A", location: "L", quantity: 1 };

  it.each([
    ["receive", 1, true],
    ["receive", 0, false],
    ["receive", -1, false],
    ["receive", limits.quantityMax, true],
    ["receive", limits.quantityMax + 1, false],
    ["receive", 1.5, false],
    ["return", 0, false],
    ["adjust", -5, true],
    ["adjust", 0, false],
    ["count", 0, true],
    ["count", -1, false],
    ["reserve", 1, false],
  ])("%s of %d: %s", (kind, quantity, legal) => {
    expect(accepts(MovementCommand, { kind, lines: [{ ...line, quantity }] })).toBe(legal);
  });

  it("requires at least one line", () => {
    expect(accepts(MovementCommand, { kind: "receive", lines: [] })).toBe(false);
  });
});

describe("HoldCommand", () => {
  it("defaults to 15 minutes and allocation by priority", () => {
    expect(HoldCommand.parse({ lines: [{ sku: "A", quantity: 1 }] })).toMatchObject({
      ttlSeconds: 900,
      strategy: "priority",
    });
  });

  it.each([0, 86_401])("refuses ttlSeconds %d", (ttlSeconds) => {
    expect(accepts(HoldCommand, { ttlSeconds, lines: [{ sku: "A", quantity: 1 }] })).toBe(false);
  });
});

describe("Policy", () => {
  it("requires clear to be above threshold", () => {
    expect(accepts(Policy, { lowStock: { threshold: 5, clear: 6 } })).toBe(true);
    expect(accepts(Policy, { lowStock: { threshold: 5, clear: 5 } })).toBe(false);
  });
});

describe("hasScope", () => {
  it.each([
    ["admin", "reports:read", true],
    ["stock:read", "stock:availability", true],
    ["stock:availability", "stock:read", false],
    ["stock:write", "stock:read", false],
  ] as const)("%s grants %s: %s", (granted, required, expected) => {
    expect(hasScope(new Set([granted]), required)).toBe(expected);
  });
});

describe("problems", () => {
  it("lists the codes in the documented order of precedence", () => {
    expect(Object.keys(problems)).toEqual([
      "unauthorized",
      "forbidden",
      "rate_limited",
      "payload_too_large",
      "validation_failed",
      "idempotency_key_missing",
      "idempotency_key_reused",
      "item_not_found",
      "location_not_found",
      "not_found",
      "version_mismatch",
      "reservation_expired",
      "reservation_state",
      "reservation_exists",
      "insufficient_stock",
      "quantity_limit",
      "item_in_use",
      "location_in_use",
      "unavailable",
    ]);
  });
});
