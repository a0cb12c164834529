import type { LocationId } from "../../contract/identifiers.ts";

type Covers = (set: readonly LocationId[]) => boolean;

/** The most sets that the search tries before it accepts a good one: finding the fewest takes exponential time. */
export const coversTriedMax = 20_000;

/**
 * Returns the fewest locations that cover, and the preferred ones among equally small sets. All `locations` together
 * must cover. After `coversTriedMax` sets it returns a set without spare members, which may not be the smallest.
 */
export function smallestCover(locations: readonly LocationId[], covers: Covers): readonly LocationId[] {
  let triedCount = 0;
  for (let size = 1; size < locations.length; size++) {
    for (const set of subsets(locations, size)) {
      if (covers(set)) return set;
      triedCount += 1;
      if (triedCount >= coversTriedMax) return prunedCover(locations, covers);
    }
  }
  return locations;
}

/** Removes each location that the cover does not need, the least preferred first. */
function prunedCover(locations: readonly LocationId[], covers: Covers): readonly LocationId[] {
  return [...locations].reverse().reduce<readonly LocationId[]>((kept, location) => {
    const without = kept.filter((other) => other !== location);
    return covers(without) ? without : kept;
  }, locations);
}

/** Yields the subsets of one size, in the order of their members. */
function* subsets(locations: readonly LocationId[], size: number): Generator<readonly LocationId[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (const [index, first] of locations.entries()) {
    for (const rest of subsets(locations.slice(index + 1), size - 1)) yield [first, ...rest];
  }
}
