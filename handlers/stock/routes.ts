import { type Clock, done, prepareMovements } from "../inventory/index.ts";
import type { CachedLevels } from "../runtime/cache/index.ts";
import { type Checks, type RouteHandlers, versionTag } from "../runtime/index.ts";
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
  readonly levels: CachedLevels;
  readonly clock: Clock;
}

/** Checks of a command's lines and `If-Match` that need no table. */
export const stockChecks: Checks<"stock"> = {
  makeMovements: ({ body, ifMatch }) => {
    const prepared = prepareMovements(body, ifMatch);
    return prepared.kind === "refused" ? prepared : undefined;
  },
};

/**
 * Creates the routes of stock. Reads come from the cache, or are consistent reads of the table. Eventually consistent
 * reads are never used, because the later one of two can return the older level.
 */
export function createStockRoutes({ store, levels, clock }: StockPorts): RouteHandlers<"stock"> {
  return {
    getItemStock: async ({ parameters: { sku }, query, principal }) => {
      const read = await levels.item(sku, { strong: query.consistency === "strong" });
      const missing = read.found.length === 0 ? await store.findMissing({ skus: [sku] }) : undefined;
      if (missing) return missing;
      return seesAvailabilityOnly(principal)
        ? done({ status: 200, body: itemAvailabilityView(sku, read), etag: levelsTag(read.found, "availability") })
        : done({ status: 200, body: itemStockView(sku, read), etag: levelsTag(read.found, "levels") });
    },
    getLevel: async ({ parameters: { sku, location }, query: { consistency, minVersion = 0 }, principal }) => {
      const read = await levels.level({ sku, location }, { strong: consistency === "strong", minVersion });
      const { version } = read.found;
      const missing = version === 0 ? await store.findMissing({ skus: [sku], locations: [location] }) : undefined;
      if (missing) return missing;
      const view = seesAvailabilityOnly(principal) ? availabilityView : levelView;
      return done({ status: 200, body: view(read), etag: versionTag(version) });
    },
    listLevels: async ({ query: { location, limit, cursor } }) => {
      const missing = await store.findMissing({ locations: [location] });
      if (missing) return missing;
      const knownAtMs = clock();
      const page = await store.listLocationLevels(location, { limit, cursor });
      if (page.kind === "refused") return page;
      const { items, nextCursor } = page.value;
      await levels.shown(items, knownAtMs);
      return done({ status: 200, body: { items: [...items], nextCursor } });
    },
    getPolicy: async ({ parameters: { sku, location } }) => {
      const policy = await store.readPolicy(sku, location);
      const missing =
        policy.version === 0 ? await store.findMissing({ skus: [sku], locations: [location] }) : undefined;
      return missing ?? done({ status: 200, body: policy, etag: versionTag(policy.version) });
    },
    putPolicy: async ({ context, parameters: { sku, location }, body: policy, ifMatch }) => {
      const knownAtMs = clock();
      const outcome = await store.putPolicy(context, { sku, location, policy }, ifMatch);
      if (outcome.kind === "refused") return outcome;
      await levels.shown([outcome.value], knownAtMs);
      return done({ status: 200, body: outcome.value, etag: versionTag(outcome.value.version) });
    },
    makeMovements: async ({ context, body, ifMatch }) => {
      const knownAtMs = clock();
      const outcome = await store.makeMovements(context, body, ifMatch);
      if (outcome.kind === "refused") return outcome;
      await levels.shown(
        outcome.value.movements.map(({ level }) => level),
        knownAtMs,
      );
      return done({ status: 201, body: outcome.value }, outcome.replayed);
    },
  };
}
