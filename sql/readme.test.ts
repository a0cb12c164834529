import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { connectedClient, migratedDatabase, urlAs } from "../test/support/database.ts";
import { startEtl } from "../test/support/etl.ts";
import { levelImage, streamRecord } from "../test/support/stream-records.ts";

const readme = readFileSync(new URL("README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/```sql\n(.*?)```/gs)].map(([, sql = ""]) => sql);

it("README.md: the reporter can run its queries, and its checks return no row", async () => {
  const url = await migratedDatabase();
  const etl = await startEtl(url);
  await etl.deliver([
    streamRecord({ newImage: levelImage({ sku: "A", at: "2026-11-20T10:00:00.000Z" }) }),
    streamRecord({ newImage: levelImage({ sku: "A", version: 2, onHand: 20, at: "2026-11-20T11:00:00.000Z" }) }),
  ]);
  const reporter = await connectedClient(urlAs(url, "reporter"));
  const statements = (block: string) => block.split(/;\n/).filter((text) => text.trim() !== "");
  const [queries = "", checks = ""] = blocks;
  expect([statements(queries), statements(checks)].map(({ length }) => length)).toEqual([3, 3]);
  const asOf = statements(queries).at(-1) ?? "";
  expect((await reporter.query(asOf)).rows).toEqual([{ sku: "A", location: "north", on_hand: 20, sellable: 20 }]);
  for (const query of statements(queries)) await reporter.query(query);
  for (const check of statements(checks)) expect((await reporter.query(check)).rows).toEqual([]);
});
