import { z } from "zod";
import { LocationKind } from "../../contract/catalogue.ts";
import type { LocationId } from "../../contract/identifiers.ts";
import { limits } from "../../contract/limits.ts";
import {
  type Attributes,
  itemKey,
  itemNotFound,
  type Key,
  locationKey,
  locationNotFound,
  type Needs,
  type Refused,
} from "../inventory/index.ts";
import type { StorePorts } from "./ports.ts";
import type { TableReader } from "./table-reader.ts";

/**
 * What commands need to know about an item or location. Clients see `archiving` as active, but new business is refused.
 */
const ExistenceFact = z.object({
  pk: z.string(),
  status: z.enum(["active", "archiving", "archived"]),
  kind: LocationKind.optional(),
  priority: z.int().optional(),
  archiving: z.object({ markedAtMs: z.int() }).optional(),
});
export type ExistenceFact = z.output<typeof ExistenceFact>;

/** The most facts that the cache keeps; the oldest is removed first. */
const cachedMax = 20_000;

/**
 * Checks whether items and locations exist. Facts found active are cached for 5 s from the moment their read was sent;
 * archiving waits longer than that.
 */
export class Existence {
  readonly #ports: Pick<StorePorts, "tables" | "clock">;
  readonly #cache = new Map<string, { fact: ExistenceFact; readAtMs: number }>();

  constructor(ports: Pick<StorePorts, "tables" | "clock">) {
    this.#ports = ports;
  }

  /** Returns the refusal for items or locations that do not exist, or are not active where `existence` needs that. */
  async missing(
    reader: TableReader,
    { existence, skus, locations }: Needs,
  ): Promise<Refused<"item_not_found" | "location_not_found"> | undefined> {
    const keys = [...skus.map(itemKey), ...locations.map(locationKey)];
    if (keys.length === 0) return undefined;
    const found = await this.#find(reader, keys);
    const lacks = ({ pk }: Key) => {
      const fact = found.get(pk);
      return !fact || (existence === "active" && fact.status !== "active");
    };
    const missingSkus = skus.filter((sku) => lacks(itemKey(sku)));
    if (missingSkus.length > 0) return itemNotFound(missingSkus, existence);
    const missingLocations = locations.filter((id) => lacks(locationKey(id)));
    return missingLocations.length > 0 ? locationNotFound(missingLocations, existence) : undefined;
  }

  async locations(reader: TableReader, ids: readonly LocationId[]): Promise<ReadonlyMap<LocationId, ExistenceFact>> {
    const found = await this.#find(reader, ids.map(locationKey));
    return new Map(
      ids.flatMap((id) => {
        const fact = found.get(locationKey(id).pk);
        return fact ? [[id, fact] as const] : [];
      }),
    );
  }

  async #find(reader: TableReader, keys: readonly Key[]): Promise<ReadonlyMap<string, ExistenceFact>> {
    const known = keys.flatMap(({ pk }) => this.#cached(pk) ?? []);
    const found = new Map(known.map((fact) => [fact.pk, fact]));
    const unknown = keys.filter(({ pk }) => !found.has(pk));
    const readAtMs = this.#ports.clock();
    for (const item of await reader.getMany(this.#ports.tables.inventory, unknown, { consistent: true })) {
      const fact = withoutAbandonedMark(parseFact(item), readAtMs);
      this.#remember(fact, readAtMs);
      found.set(fact.pk, fact);
    }
    return found;
  }

  #cached(pk: string): ExistenceFact | undefined {
    const cached = this.#cache.get(pk);
    return cached && this.#ports.clock() - cached.readAtMs < limits.existenceCachedMs ? cached.fact : undefined;
  }

  #remember(fact: ExistenceFact, readAtMs: number): void {
    this.#cache.delete(fact.pk);
    if (fact.status !== "active") return;
    this.#cache.set(fact.pk, { fact, readAtMs });
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > cachedMax && oldest !== undefined) this.#cache.delete(oldest);
  }
}

/** Ignores an old archiving mark: the function that set it has died before it finished. */
function withoutAbandonedMark(fact: ExistenceFact, nowMs: number): ExistenceFact {
  const { status, archiving } = fact;
  const abandoned = archiving !== undefined && nowMs - archiving.markedAtMs > limits.archivingAbandonedMs;
  return status === "archiving" && abandoned ? { ...fact, status: "active" } : fact;
}

/** Parses a fact. The error names the record, so that its writer can find the wrong one. */
function parseFact(item: Attributes): ExistenceFact {
  const parsed = ExistenceFact.safeParse(item);
  if (!parsed.success) throw new Error(`record ${item.pk} is not an item or location: ${parsed.error.message}`);
  return parsed.data;
}
