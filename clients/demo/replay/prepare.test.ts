import { describe, expect, it } from "vitest";
import { LocationId, Sku } from "../../../contract/identifiers.ts";
import { toReceive } from "./prepare.ts";

const line = (quantity: number) => ({ sku: Sku.parse("A"), location: LocationId.parse("LEEDS"), quantity });

describe("toReceive", () => {
  it.each([
    ["the level is empty", new Map(), [line(10)]],
    ["the level has some stock", new Map([["A/LEEDS", 4]]), [line(6)]],
    ["the level has enough stock", new Map([["A/LEEDS", 10]]), []],
    ["the level has more than enough stock", new Map([["A/LEEDS", 99]]), []],
    ["the level is below zero", new Map([["A/LEEDS", -3]]), [line(10)]],
    ["another location has some stock", new Map([["A/BRISTOL", 4]]), [line(10)]],
  ])("receives what the plan lacks when %s", (_what, there, expected) => {
    expect(toReceive([line(10)], there)).toEqual(expected);
  });
});
