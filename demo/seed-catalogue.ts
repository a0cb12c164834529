import { createHash } from "node:crypto";
import type { Operation } from "../contract/routes.ts";
import { items, openingStock } from "./catalogue.ts";
import { locations } from "./input/locations.ts";
import { forEachConcurrently } from "./replay/pool.ts";
import { type Answer, ApiClient } from "./system/api-client.ts";
import { readSystem, SystemError } from "./system/endpoints.ts";
import { laptopTokens } from "./system/token.ts";

/** More at once would only start more instances of the function, each of which costs longer than its calls. */
const concurrency = 3;

/** Fills what is not there of the demo catalogue; what is there stays as its users left it. */
async function seedCatalogue(stateFolder: string): Promise<string> {
  const { api } = await readSystem(stateFolder);
  const scopes = "catalogue:write stock:read stock:write";
  const tokens = laptopTokens({ subject: "demo-catalogue", scopes, stateFolder });
  const client = new ApiClient({ baseUrl: api, tokens, outageMsMax: 20_000 });

  const moved = new Set<string>();
  for (const { id, put } of locations) {
    accept(await client.call("putLocation", { path: { id }, body: put, ifMatch: '"0"' }), id);
  }
  await forEachConcurrently(items, concurrency, async ({ sku, name, barcode }) => {
    const body = { name, barcodes: [barcode] };
    const made = accept(await client.call("putItem", { path: { sku }, body, ifMatch: '"0"' }), sku);
    if (made) return;
    const stock = accept(await client.call("getItemStock", { path: { sku } }), sku);
    for (const level of stock?.levels ?? []) moved.add(`${sku}/${level.location}`);
  });

  const lines = openingStock.filter(({ sku, location }) => !moved.has(`${sku}/${location}`));
  if (lines.length === 0) return `the demo catalogue is there: ${items.length} items at ${locations.length} locations`;
  // Equal requests have equal keys: two that start at once fill the shelves once.
  const key = `demo-catalogue-${createHash("sha256").update(JSON.stringify(lines)).digest("hex").slice(0, 16)}`;
  const body = { kind: "receive", reason: "demo catalogue", lines } as const;
  accept(await client.call("makeMovements", { key, body }), "opening stock");
  return `demo catalogue: ${items.length} items at ${locations.length} locations, ${lines.length} levels filled`;
}

/** The value, or undefined for a thing that `If-Match: "0"` found made already. */
function accept<O extends Operation>(
  answer: Answer<O>,
  what: string,
): (Answer<O> & { kind: "done" })["value"] | undefined {
  if (answer.kind === "done") return answer.value;
  if (answer.problem.code === "version_mismatch") return undefined;
  throw new SystemError(`demo catalogue, ${what}: ${answer.problem.code}: ${answer.problem.detail}`);
}

try {
  process.stdout.write(`${await seedCatalogue(process.argv[2] ?? ".holdfast")}\n`);
} catch (error) {
  if (!(error instanceof SystemError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
