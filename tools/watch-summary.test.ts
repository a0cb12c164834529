import type { Change } from "laptop-cloud/daemon";
import { describe, expect, it } from "vitest";
import { summary } from "./watch-summary.ts";

const change = (path: string, kind: Change["kind"] = "changed", type = "aws_thing"): Change => ({
  kind,
  type,
  path,
  address: `${type}.x`,
});
const live = (name: string) => change(`service/${name}/function`, "changed", "aws_lambda_function");

describe("summary", () => {
  it("names functions by their construct", () => {
    expect(summary([live("stock")])).toBe("stock is live");
    expect(summary([live("stock"), live("etl")])).toBe("etl, stock are live");
  });

  it("names other resources by the kind of change", () => {
    expect(summary([live("stock"), change("service/api/stage"), change("service/queue", "kept")])).toBe(
      "stock is live; changed api/stage; kept queue",
    );
    expect(summary([change("service/stock/function", "removed", "aws_lambda_function")])).toBe(
      "removed stock/function",
    );
  });

  it("counts names that do not fit", () => {
    expect(summary("abcdefgh".split("").map(live))).toBe("a, b, c, d, e, f and 2 more are live");
  });
});
