import { type Clock, prepareMovements } from "../inventory/index.ts";
import { type Checks, type Operations, refuse, versionTag } from "../runtime/index.ts";
import type { StockStore } from "../store/index.ts";
import {
  availabilityView,
  itemAvailabilityView,
  itemStockView,
  levelsTag,
  levelView,
  seesAvailabilityOnly,
} from "./views.ts";

export interface StockPorts {
  readonly store: StockStore;
  readonly clock: Clock;
}

/** What a command's lines and `If-Match` rule out without looking at the table. */
export const stockChecks: Checks<"stock"> = {
  makeMovements: ({ body, ifMatch }) => {
    const prepared = prepareMovements(body, ifMatch);
    return "code" in prepared ? prepared : undefined;
  },
};

/**
 * All reads are consistent: two eventually consistent ones may show a client first the newer and then the older level,
 * and a default read never steps back.
 */
const consistent = { consistent: true };

export function createStockOperations({ store, clock }: StockPorts): Operations<"stock"> {
  const asOf = () => new Date(clock()).toISOString();
  return {
    getItemStock: async ({ parameters: { sku }, principal }) => {
      const readAt = asOf();
      const levels = await store.readItemLevels(sku, consistent);
      const missing = levels.length === 0 ? await store.findMissing({ skus: [sku] }) : undefined;
      if (missing) return refuse(missing);
      return seesAvailabilityOnly(principal)
        ? { status: 200, body: itemAvailabilityView(sku, levels, readAt), etag: levelsTag(levels, "availability") }
        : { status: 200, body: itemStockView(sku, levels, readAt), etag: levelsTag(levels, "levels") };
    },
    getLevel: async ({ parameters: { sku, location }, principal }) => {
      const readAt = asOf();
      const level = await store.readLevel(sku, location, consistent);
      const missing = level.version === 0 ? await store.findMissing({ skus: [sku], locations: [location] }) : undefined;
      if (missing) return refuse(missing);
      const view = seesAvailabilityOnly(principal) ? availabilityView : levelView;
      return { status: 200, body: view(level, readAt), etag: versionTag(level.version) };
    },
    listLevels: async ({ query: { location, limit, cursor } }) => {
      const missing = await store.findMissing({ locations: [location] });
      if (missing) return refuse(missing);
      const { items, nextCursor } = await store.listLocationLevels(location, { limit, ...(cursor && { cursor }) });
      return { status: 200, body: { items: [...items], nextCursor } };
    },
    getPolicy: async ({ parameters: { sku, location } }) => {
      const policy = await store.readPolicy(sku, location);
      const missing =
        policy.version === 0 ? await store.findMissing({ skus: [sku], locations: [location] }) : undefined;
      return missing ? refuse(missing) : { status: 200, body: policy, etag: versionTag(policy.version) };
    },
    putPolicy: async ({ context, parameters: { sku, location }, body: policy, ifMatch }) => {
      const outcome = await store.putPolicy(context, { sku, location, policy }, ifMatch);
      if (outcome.kind === "refused") return outcome;
      return { status: 200, body: outcome.value, etag: versionTag(outcome.value.version) };
    },
    makeMovements: async ({ context, body, ifMatch }) => {
      const outcome = await store.makeMovements(context, body, ifMatch);
      if (outcome.kind === "refused") return outcome;
      return { status: 201, body: outcome.value, replayed: outcome.replayed };
    },
  };
}
