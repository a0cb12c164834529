import { describe, expect, it } from "vitest";
import { LocationId, Sku } from "../../../contract/identifiers.ts";
import { toReceive } from "./prepare.ts";

const line = (quantity: number) => ({ sku: Sku.parse("A"), location: LocationId.parse("LEEDS"), quantity });

describe("toReceive", () => {
  it.each([
    ["nothing is there", new Map(), [line(10)]],
    ["some is there", new Map([["A/LEEDS", 4]]), [line(6)]],
    ["enough is there", new Map([["A/LEEDS", 10]]), []],
    ["more than enough is there", new Map([["A/LEEDS", 99]]), []],
    ["less than nothing is there", new Map([["A/LEEDS", -3]]), [line(10)]],
    ["another place has some", new Map([["A/BRISTOL", 4]]), [line(10)]],
  ])("fills up to what is planned when %s", (_what, there, expected) => {
    expect(toReceive([line(10)], there)).toEqual(expected);
  });
});
