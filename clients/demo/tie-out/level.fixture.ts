import type { ArchivedLevel } from "./archive.ts";
import type { Holdings } from "./compare.ts";
import { type LedgerStep, LedgerTally } from "./ledger.ts";
import { type Quantities, sellableOf, zeros } from "./levels.ts";
import { VersionSet } from "./version-set.ts";

/** Makes a level's history: one step per change, one second apart from `startMs` on. */
export function ledgerSteps(changes: readonly Partial<Quantities>[], startMs = 10_000): LedgerStep[] {
  const after = zeros();
  return changes.map((change, index) => {
    const deltas = { ...zeros(), ...change };
    for (const [field, delta] of Object.entries(deltas)) after[field as keyof Quantities] += delta;
    return { version: index + 1, kind: "adjust", atMs: startMs + index * 1_000, deltas, after: { ...after } };
  });
}

/** Makes one level after these changes, equal in all stores. */
export function heldEverywhere(name: string, changes: readonly Partial<Quantities>[]): Holdings {
  const steps = ledgerSteps(changes);
  const quantities = steps.at(-1)?.after ?? zeros();
  const version = steps.length;
  const tally = new LedgerTally();
  const versions = new VersionSet();
  for (const step of steps) {
    tally.add(step);
    versions.add(step.version);
  }
  const archived: ArchivedLevel = { newest: { version, quantities }, versions };
  return {
    table: new Map([[name, { version, quantities, sellable: sellableOf(quantities) }]]),
    ledger: new Map([[name, tally.level()]]),
    stockLevels: new Map([[name, { version, quantities }]]),
    archive: new Map([[name, archived]]),
    copies: new Map(),
  };
}
