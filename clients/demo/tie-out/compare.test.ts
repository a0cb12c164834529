import { describe, expect, it } from "vitest";
import { compareHoldings, type Holdings } from "./compare.ts";
import { type LedgerStep, LedgerTally } from "./ledger.ts";
import { heldEverywhere, ledgerSteps } from "./level.fixture.ts";
import { zeros } from "./levels.ts";
import { VersionSet } from "./version-set.ts";

const name = "A at LEEDS";
const held = heldEverywhere(name, [{ onHand: 10 }, { reserved: 4 }, { onHand: -4, reserved: -4 }]);
const quantities = { ...zeros(), onHand: 6 };

function tallied(steps: readonly LedgerStep[]) {
  const tally = new LedgerTally();
  for (const step of steps) tally.add(step);
  return tally.level();
}
const steps = ledgerSteps([{ onHand: 10 }, { reserved: 4 }, { onHand: -4, reserved: -4 }]);
const ledgerOf = (changed: readonly LedgerStep[]) => new Map([[name, tallied(changed)]]);
const archiveOf = (versions: readonly number[], newest = quantities) => {
  const set = new VersionSet();
  for (const version of versions) set.add(version);
  return new Map([[name, { newest: { version: Math.max(...versions), quantities: newest }, versions: set }]]);
};

describe("compareHoldings", () => {
  it("returns no difference when all copies agree", () => {
    expect(compareHoldings(held)).toEqual([]);
  });

  const altered = { ...quantities, onHand: 7 };
  const faults: [string, Partial<Holdings>, string[]][] = [
    [
      "one altered level in the table",
      { table: new Map([[name, { version: 3, quantities: altered, sellable: 7 }]]) },
      [
        "onHand is 7 in the table, 6 in the sum of audit.movement",
        "onHand is 7 in the table, 6 in reporting.stock_level",
        "onHand is 7 in the table, 6 in the newest image in the archive",
      ],
    ],
    [
      "a stored sellable that does not follow from its quantities",
      { table: new Map([[name, { version: 3, quantities, sellable: 5 }]]) },
      ["sellable is stored as 5, its quantities make 6"],
    ],
    [
      "one altered level in reporting.stock_level",
      { stockLevels: new Map([[name, { version: 3, quantities: altered }]]) },
      ["onHand is 6 in the table, 7 in reporting.stock_level"],
    ],
    [
      "an altered movement",
      {
        ledger: ledgerOf(
          steps.map((step) => (step.version === 2 ? { ...step, deltas: { ...step.deltas, reserved: 3 } } : step)),
        ),
      },
      [
        "reserved after version 2 is 4, its movements add up to 3",
        "reserved after version 3 is 0, its movements add up to -1",
        "reserved is 0 in the table, -1 in the sum of audit.movement",
      ],
    ],
    [
      "a missing movement",
      { ledger: ledgerOf(steps.filter(({ version }) => version !== 2)) },
      [
        "version 2 is missing in audit.movement",
        "reserved after version 3 is 0, its movements add up to -4",
        "reserved is 0 in the table, -4 in the sum of audit.movement",
      ],
    ],
    [
      "a movement that is recorded twice",
      { ledger: ledgerOf([...steps.slice(0, 2), ...steps.slice(1)]) },
      [
        "version 2 is in audit.movement twice",
        "reserved after version 2 is 4, its movements add up to 8",
        "reserved after version 3 is 0, its movements add up to 4",
        "reserved is 0 in the table, 4 in the sum of audit.movement",
      ],
    ],
    [
      "the last movement missing",
      { ledger: ledgerOf(steps.slice(0, 2)) },
      [
        "version is 3 in the table, 2 in the sum of audit.movement",
        "onHand is 6 in the table, 10 in the sum of audit.movement",
        "reserved is 0 in the table, 4 in the sum of audit.movement",
      ],
    ],
    ["a version missing in the archive", { archive: archiveOf([1, 3]) }, ["version 2 is missing in the archive"]],
    [
      "an archive that ends too early",
      { archive: archiveOf([1]) },
      ["version is 3 in the table, 1 in the newest image in the archive", "versions 2, 3 are missing in the archive"],
    ],
    [
      "a level that is missing in the archive",
      { archive: new Map() },
      ["is in the table at version 3, but not in the newest image in the archive"],
    ],
    [
      "a level that is missing in the ledger",
      { ledger: new Map() },
      ["is in the table at version 3, but not in the sum of audit.movement"],
    ],
    ["a level that is missing in the table", { table: new Map() }, ["is not in the table, but elsewhere"]],
  ];
  it.each(faults)("reports %s", (_what, fault, expected) => {
    expect(compareHoldings({ ...held, ...fault })).toEqual(expected.map((what) => ({ subject: name, what })));
  });

  it("reports sellable below zero, unless a count or damage caused it", () => {
    const oversold = heldEverywhere(name, [{ onHand: 2 }, { reserved: 3 }]);
    expect(compareHoldings(oversold).map(({ what }) => what)).toEqual([
      "sellable is below zero: -1",
      "version 2 (adjust) took sellable below zero: -1",
    ]);
    const counted = ledgerSteps([{ onHand: 5 }, { reserved: 3 }, { onHand: -3 }]).map((step) => ({
      ...step,
      kind: step.version === 3 ? "count" : step.kind,
    }));
    const fellShort = heldEverywhere(name, [{ onHand: 5 }, { reserved: 3 }, { onHand: -3 }]);
    expect(compareHoldings({ ...fellShort, ledger: ledgerOf(counted) })).toEqual([]);
  });
});

describe("VersionSet", () => {
  it("reports missing and repeated versions", () => {
    const set = new VersionSet();
    expect([1, 2, 900, 2].map((version) => set.add(version))).toEqual([true, true, true, false]);
    expect([set.count, set.newest, set.has(900), set.has(899)]).toEqual([3, 900, true, false]);
    expect(set.missing(900, 3)).toEqual([3, 4, 5]);
    expect(set.missing(2, 3)).toEqual([]);
  });
});
