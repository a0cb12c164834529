import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { freePort } from "../engines/index.ts";
import { choosePorts, rememberedPorts } from "./ports.ts";
import { statePaths } from "./state-folder.ts";

it("gives the edge its preferred port, even when the API had it before, and keeps the chosen ports", async () => {
  const paths = statePaths(mkdtempSync(join(tmpdir(), "ports-")));
  const [edge, api] = [await freePort(), await freePort()];
  writeFileSync(paths.ports, JSON.stringify({ edge, api: edge, mail: api }));
  const chosen = await choosePorts(paths, () => undefined);
  expect(chosen).toMatchObject({ edge, mail: api });
  expect(new Set(Object.values(chosen)).size).toBe(Object.values(chosen).length);
  expect(rememberedPorts(paths)).toEqual(chosen);
});
