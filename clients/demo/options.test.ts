import { describe, expect, it } from "vitest";
import { readOptions } from "./options.ts";

describe("readOptions", () => {
  it("has defaults", () => {
    expect(readOptions([])).toEqual({ resume: false, fresh: false, state: ".holdfast", help: false });
  });

  it("reads all of them", () => {
    expect(readOptions(["--csv", "orders.csv", "--seed", "4294967295", "--resume", "--state", "s"])).toEqual({
      csv: "orders.csv",
      seed: 4_294_967_295,
      resume: true,
      fresh: false,
      state: "s",
      help: false,
    });
  });

  it.each([
    [["--csv", ""], /--csv needs a file/],
    [["--seed", "x"], /--seed x: a whole number/],
    [["--seed", "4294967296"], /a whole number from 0 to 4294967295/],
    [["--seed", "-1"], /./],
    [["--resume", "--fresh"], /exclude each other/],
    [["--speed"], /--help shows the options/],
    [["orders.csv"], /--help shows the options/],
  ])("refuses %j", (parameters, message) => {
    expect(() => readOptions(parameters)).toThrow(
      expect.objectContaining({ name: "UsageError", message: expect.stringMatching(message) }),
    );
  });
});
