import type { Item } from "../../contract/catalogue.ts";
import { Sku } from "../../contract/identifiers.ts";
import { queueEvent } from "./expiry-queue.ts";

const at = "2026-03-01T10:00:00.000Z";

export const item = (sku: string, fields: Partial<Item> = {}): Item => ({
  sku: Sku.parse(sku),
  name: sku,
  description: "",
  attributes: {},
  barcodes: [],
  status: "active",
  createdAt: at,
  updatedAt: at,
  version: 1,
  ...fields,
});

/** Returns ItemChanged as EventBridge delivers it to a queue. */
export const itemChanged = (after: Item): object => ({
  version: "0",
  id: crypto.randomUUID(),
  source: "holdfast.inventory",
  "detail-type": "ItemChanged",
  account: "000000000000",
  region: "eu-west-1",
  time: at,
  resources: [],
  detail: {
    id: `ItemChanged/item/${after.sku}/${after.version}`,
    subject: `item/${after.sku}`,
    version: after.version,
    occurredAt: after.updatedAt,
    before: null,
    after,
    actor: "ada",
    cause: { type: "request", id: "r" },
    correlationId: "r",
  },
});

/** Returns what an event source mapping passes to a function: one message for each event of the bus. */
export const busEvent = (...events: readonly (string | object)[]) => queueEvent(...events);
