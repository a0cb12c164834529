import type { LocationId, Sku } from "../../contract/identifiers.ts";
import type { Shortfall } from "../../contract/problem.ts";
import type { AllocationStrategy, ReservationLine } from "../../contract/reservation.ts";
import { placeKey } from "./level.ts";
import { smallestCover } from "./location-cover.ts";

/** A line of a hold after merging. Without `location` the strategy chooses the locations. */
export interface HoldLine {
  readonly sku: Sku;
  readonly location?: LocationId | undefined;
  readonly quantity: number;
}

/** The part of a level that allocation uses. */
export interface Supply {
  readonly sku: Sku;
  readonly location: LocationId;
  readonly sellable: number;
  /** Whether lines without a location may use it. */
  readonly eligible: boolean;
  /** A lower number is preferred; among equal numbers the lower location id is. */
  readonly priority: number;
}

export type AllocationResult =
  | { readonly kind: "allocated"; readonly lines: ReservationLine[] }
  | { readonly kind: "short"; readonly shortfalls: Shortfall[] };

/** What is still sellable at each level, by `placeKey`; it goes down as lines take from it. */
type Stock = Map<string, number>;

/**
 * Finds stock for every line in the levels that were read. This is only a proposal: the guards of the transaction
 * decide. When they refuse, the store reads the levels again and calls this function again.
 */
export function allocate(
  lines: readonly HoldLine[],
  supplies: readonly Supply[],
  strategy: AllocationStrategy,
): AllocationResult {
  const stock: Stock = new Map(supplies.map((supply) => [placeKey(supply), supply.sellable]));
  const placed = lines.filter(({ location }) => location !== undefined);
  const open = lines.filter(({ location }) => location === undefined);
  const shortfalls = placed.flatMap((line) => takePlaced(line, stock));
  const chosen = chooseLocations(open, eligibleLocations(supplies), { stock, strategy });
  shortfalls.push(...chosen.shortfalls);
  if (shortfalls.length > 0) return { kind: "short", shortfalls };
  return { kind: "allocated", lines: lines.map((line) => allocateLine(line, chosen.locations, stock)) };
}

/** Takes stock for a line that names a location. These lines come first, because no other location can serve them. */
function takePlaced(line: HoldLine, stock: Stock): Shortfall[] {
  const { sku, location, quantity } = line;
  if (location === undefined) return [];
  const key = placeKey({ sku, location });
  const available = stock.get(key) ?? 0;
  stock.set(key, available - quantity);
  return available < quantity ? [{ sku, location, requested: quantity, available }] : [];
}

function eligibleLocations(supplies: readonly Supply[]): LocationId[] {
  const priorities = new Map(supplies.filter(({ eligible }) => eligible).map((s) => [s.location, s.priority]));
  const byPreference = [...priorities].sort(([a, p], [b, q]) => p - q || (a < b ? -1 : 1));
  return byPreference.map(([location]) => location);
}

interface Choice {
  readonly locations: readonly LocationId[];
  readonly shortfalls: readonly Shortfall[];
}

/** Applies the strategy: it chooses locations only. The lines then take from these locations in order of preference. */
function chooseLocations(
  open: readonly HoldLine[],
  locations: readonly LocationId[],
  { stock, strategy }: { stock: Stock; strategy: AllocationStrategy },
): Choice {
  if (open.length === 0) return { locations, shortfalls: [] };
  if (strategy === "single") return chooseOne(open, locations, stock);
  const shortfalls = missingFrom(open, locations, stock);
  if (strategy === "priority" || shortfalls.length > 0) return { locations, shortfalls };
  const covers = (set: readonly LocationId[]) => missingFrom(open, set, stock).length === 0;
  return { locations: smallestCover(locations, covers), shortfalls: [] };
}

/** Returns the most preferred location that has everything, or the shortfalls at the location that has most of it. */
function chooseOne(open: readonly HoldLine[], locations: readonly LocationId[], stock: Stock): Choice {
  const [first, ...others] = locations.map((location) => ({
    locations: [location],
    shortfalls: missingFrom(open, [location], stock).map((shortfall) => ({ ...shortfall, location })),
    covered: open.reduce((sum, { sku, quantity }) => sum + Math.min(quantity, held(stock, sku, location)), 0),
  }));
  if (!first) return { locations, shortfalls: missingFrom(open, [], stock) };
  return others.reduce((best, next) => (next.covered > best.covered ? next : best), first);
}

function missingFrom(open: readonly HoldLine[], locations: readonly LocationId[], stock: Stock): Shortfall[] {
  return open.flatMap(({ sku, quantity }) => {
    const available = locations.reduce((sum, location) => sum + held(stock, sku, location), 0);
    return available < quantity ? [{ sku, requested: quantity, available }] : [];
  });
}

/** Counts a level below zero as zero, so that it does not lower the sum over all locations. */
const held = (stock: Stock, sku: Sku, location: LocationId): number =>
  Math.max(0, stock.get(placeKey({ sku, location })) ?? 0);

function allocateLine(line: HoldLine, locations: readonly LocationId[], stock: Stock): ReservationLine {
  const { sku, quantity } = line;
  if (line.location !== undefined) return toLine(line, [{ location: line.location, quantity }]);
  let missing = quantity;
  const taken = locations.flatMap((location) => {
    const part = Math.min(missing, held(stock, sku, location));
    missing -= part;
    return part > 0 ? [{ location, quantity: part }] : [];
  });
  if (missing > 0) throw new Error(`the chosen locations lack ${missing} of the ${quantity} of ${sku}`);
  return toLine(line, taken);
}

/** Returns a line in the reservation's shape, with nothing fulfilled or released yet. */
export function toLine(
  { sku, quantity }: HoldLine,
  parts: readonly { location: LocationId; quantity: number }[],
): ReservationLine {
  return { sku, quantity, allocations: parts.map((part) => ({ ...part, fulfilled: 0, released: 0 })) };
}
