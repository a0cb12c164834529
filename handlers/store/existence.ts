import { z } from "zod";
import { LocationKind } from "../../contract/catalogue.ts";
import type { LocationId } from "../../contract/identifiers.ts";
import { limits } from "../../contract/limits.ts";
import type { Refusal } from "../../contract/problem.ts";
import {
  type Attributes,
  itemKey,
  itemNotFound,
  type Key,
  locationKey,
  locationNotFound,
  type Needs,
} from "../inventory/index.ts";
import type { StorePorts } from "./ports.ts";
import type { TableReader } from "./table-reader.ts";

/** What commands need to know of an item or location. `archiving` is shown as active, but takes no new business. */
const Standing = z.object({
  pk: z.string(),
  status: z.enum(["active", "archiving", "archived"]),
  kind: LocationKind.optional(),
  priority: z.int().optional(),
  archiving: z.object({ markedAtMs: z.int() }).optional(),
});
type Standing = z.output<typeof Standing>;

export interface Existence {
  /** Which item or location is not there, or not active where that is needed; undefined when nothing is missing. */
  missing(reader: TableReader, needs: Needs): Promise<Refusal<"item_not_found" | "location_not_found"> | undefined>;
  locations(reader: TableReader, ids: readonly LocationId[]): Promise<ReadonlyMap<LocationId, Standing>>;
}

/** Entries kept at most: the oldest goes first. */
const cachedMax = 20_000;

/** Found-active facts are kept for 5 s from when their read was sent: archiving waits for longer than that. */
export function createExistence({ tables, clock }: Pick<StorePorts, "tables" | "clock">): Existence {
  const cache = new Map<string, { standing: Standing; readAtMs: number }>();

  const remember = (standing: Standing, readAtMs: number) => {
    cache.delete(standing.pk);
    if (standing.status !== "active") return;
    cache.set(standing.pk, { standing, readAtMs });
    const [oldest] = cache.keys();
    if (cache.size > cachedMax && oldest !== undefined) cache.delete(oldest);
  };

  const cached = (pk: string): Standing | undefined => {
    const fact = cache.get(pk);
    return fact && clock() - fact.readAtMs < limits.existenceCachedMs ? fact.standing : undefined;
  };

  const find = async (reader: TableReader, keys: readonly Key[]): Promise<ReadonlyMap<string, Standing>> => {
    const known = keys.flatMap(({ pk }) => cached(pk) ?? []);
    const found = new Map(known.map((standing) => [standing.pk, standing]));
    const unknown = keys.filter(({ pk }) => !found.has(pk));
    const readAtMs = clock();
    for (const item of await reader.getMany(tables.inventory, unknown, { consistent: true })) {
      const standing = settled(parseStanding(item), readAtMs);
      remember(standing, readAtMs);
      found.set(standing.pk, standing);
    }
    return found;
  };

  return {
    async missing(reader, { standing, skus, locations }) {
      const keys = [...skus.map(itemKey), ...locations.map(locationKey)];
      if (keys.length === 0) return undefined;
      const found = await find(reader, keys);
      const lacks = ({ pk }: Key) => {
        const fact = found.get(pk);
        return !fact || (standing === "active" && fact.status !== "active");
      };
      const missingSkus = skus.filter((sku) => lacks(itemKey(sku)));
      if (missingSkus.length > 0) return itemNotFound(missingSkus);
      const missingLocations = locations.filter((id) => lacks(locationKey(id)));
      return missingLocations.length > 0 ? locationNotFound(missingLocations) : undefined;
    },
    async locations(reader, ids) {
      const found = await find(reader, ids.map(locationKey));
      return new Map(
        ids.flatMap((id) => {
          const standing = found.get(locationKey(id).pk);
          return standing ? [[id, standing] as const] : [];
        }),
      );
    },
  };
}

/** A mark left behind by a function that died in the middle of archiving counts for nothing. */
function settled(standing: Standing, nowMs: number): Standing {
  const { status, archiving } = standing;
  const abandoned = archiving !== undefined && nowMs - archiving.markedAtMs > limits.archivingAbandonedMs;
  return status === "archiving" && abandoned ? { ...standing, status: "active" } : standing;
}

/** Names the record: whoever wrote it has to know which one is wrong. */
function parseStanding(item: Attributes): Standing {
  const parsed = Standing.safeParse(item);
  if (!parsed.success) throw new Error(`record ${item.pk} is not an item or location: ${parsed.error.message}`);
  return parsed.data;
}
