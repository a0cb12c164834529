import type { LocationId } from "../../contract/identifiers.ts";

type Covers = (set: readonly LocationId[]) => boolean;

/** Sets tried before the search settles for a good one: finding the fewest is exponential in the locations. */
export const coversTriedMax = 20_000;

/** The fewest locations that cover, the preferred ones among equals. All of `locations` together must cover. */
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

/** Leaves out, the least preferred first, each location that the others can do without. */
function prunedCover(locations: readonly LocationId[], covers: Covers): readonly LocationId[] {
  return [...locations].reverse().reduce<readonly LocationId[]>((kept, location) => {
    const without = kept.filter((other) => other !== location);
    return covers(without) ? without : kept;
  }, locations);
}

/** Subsets of one size, in the order of their members. */
function* subsets(locations: readonly LocationId[], size: number): Generator<readonly LocationId[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (const [index, first] of locations.entries()) {
    for (const rest of subsets(locations.slice(index + 1), size - 1)) yield [first, ...rest];
  }
}
