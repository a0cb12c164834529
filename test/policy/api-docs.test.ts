import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { problems } from "../../contract/problem.ts";

it("docs/api.md lists every error code with its status, in the order of precedence", () => {
  const text = readFileSync(new URL("../../docs/api.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `(\w+)` +\| (\d{3}) +\|/gm)].map(([, code, status]) => [code, Number(status)]);
  expect(rows).toEqual(Object.entries(problems).map(([code, { status }]) => [code, status]));
});
