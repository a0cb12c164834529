import { createHash } from "node:crypto";
import type { ProblemCode } from "../../contract/problem.ts";
import type { Operation } from "../../contract/routes.ts";
import { items, openingStock } from "./catalogue.ts";
import { locations } from "./input/locations.ts";
import { forEachConcurrently } from "./replay/pool.ts";
import { type Answer, ApiClient } from "./system/api-client.ts";
import { readSystem, SystemError } from "./system/endpoints.ts";
import { laptopTokens } from "./system/token.ts";

/** More concurrent calls would only start more function instances, and a start takes longer than the calls. */
const concurrency = 2;

/** Creates what is missing of the demo catalogue. Does not change what exists. */
async function seedCatalogue(stateFolder: string): Promise<string> {
  const { api } = await readSystem(stateFolder);
  const scopes = "catalogue:write stock:read stock:write";
  const tokens = laptopTokens({ subject: "demo-catalogue", scopes, stateFolder });
  const client = new ApiClient({ baseUrl: api, tokens, outageMsMax: 20_000 });

  // Both run in parallel, because each starts a different function.
  const [filled] = await Promise.all([readFilled(client), makeThings(client)]);
  const lines = openingStock.filter(({ sku, location }) => !filled.has(`${sku}/${location}`));
  if (lines.length === 0) return `the demo catalogue is there: ${items.length} items at ${locations.length} locations`;
  // Equal requests have equal keys, so that two processes that start together receive the stock once.
  const key = `demo-catalogue-${createHash("sha256").update(JSON.stringify(lines)).digest("hex").slice(0, 16)}`;
  const body = { kind: "receive", reason: "demo catalogue", lines } as const;
  accept(await client.call("makeMovements", { key, body }), "opening stock");
  return `demo catalogue: ${items.length} items at ${locations.length} locations, ${lines.length} levels filled`;
}

/** Creates locations and items. `If-Match: "0"` creates what does not exist and changes nothing else. */
async function makeThings(client: ApiClient): Promise<void> {
  const ifMatch = '"0"';
  await forEachConcurrently(locations, concurrency, async ({ id, put }) => {
    accept(await client.call("putLocation", { path: { id }, body: put, ifMatch }), id, "version_mismatch");
  });
  await forEachConcurrently(items, concurrency, async ({ sku, name, barcode }) => {
    const body = { name, barcodes: [barcode] };
    accept(await client.call("putItem", { path: { sku }, body, ifMatch }), sku, "version_mismatch");
  });
}

/** Returns the levels that already have a movement, as `sku/location`. */
async function readFilled(client: ApiClient): Promise<Set<string>> {
  const filled = new Set<string>();
  await forEachConcurrently(items, concurrency, async ({ sku }) => {
    const stock = accept(await client.call("getItemStock", { path: { sku } }), sku, "item_not_found");
    for (const { location } of stock?.levels ?? []) filled.add(`${sku}/${location}`);
  });
  return filled;
}

/** Returns the value, or undefined when the answer is the expected refusal. @throws SystemError on other refusals. */
function accept<O extends Operation>(
  answer: Answer<O>,
  what: string,
  expected?: ProblemCode,
): (Answer<O> & { kind: "done" })["value"] | undefined {
  if (answer.kind === "done") return answer.value;
  if (answer.problem.code === expected) return undefined;
  throw new SystemError(`demo catalogue, ${what}: ${answer.problem.code}: ${answer.problem.detail}`);
}

try {
  process.stdout.write(`${await seedCatalogue(process.argv[2] ?? ".holdfast")}\n`);
} catch (error) {
  if (!(error instanceof SystemError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
