import { quantityNames } from "../../../contract/quantity.ts";
import type { ArchivedLevel } from "./archive.ts";
import type { LedgerLevel } from "./ledger.ts";
import { type LevelState, sellableOf } from "./levels.ts";
import type { TableLevel } from "./table.ts";

export interface Difference {
  /** The level, item or event that differs; empty when the difference is about no single one. */
  readonly subject: string;
  readonly what: string;
}

/** The levels as each store holds them. */
export interface Holdings {
  readonly table: ReadonlyMap<string, TableLevel>;
  readonly ledger: ReadonlyMap<string, LedgerLevel>;
  readonly stockLevels: ReadonlyMap<string, LevelState>;
  readonly archive: ReadonlyMap<string, ArchivedLevel>;
  /** Levels in the cache, which need not hold all of them. */
  readonly copies: ReadonlyMap<string, LevelState>;
}

/** Returns every difference between table, ledger, reporting.stock_level, archive and cache, by level and field. */
export function compareHoldings(holdings: Holdings): Difference[] {
  const { table, ledger, stockLevels, archive, copies } = holdings;
  const names = new Set([
    ...table.keys(),
    ...ledger.keys(),
    ...stockLevels.keys(),
    ...archive.keys(),
    ...copies.keys(),
  ]);
  return [...names].sort().flatMap((name) => {
    const level = table.get(name);
    if (level === undefined) return [{ subject: name, what: "is not in the table, but elsewhere" }];
    const archived = archive.get(name);
    const copy = copies.get(name);
    const ledgered = ledger.get(name);
    return [
      ...tableProblems(level, ledgered?.fellShort ?? false),
      ...(ledgered?.problems ?? []),
      ...against(level, "the sum of audit.movement", ledgered),
      ...against(level, "reporting.stock_level", stockLevels.get(name)),
      ...against(level, "the newest image in the archive", archived?.newest),
      ...(copy ? against(level, "the cache", copy) : []),
      ...missingInArchive(level, archived),
    ].map((what) => ({ subject: name, what }));
  });
}

function tableProblems(level: TableLevel, fellShort: boolean): string[] {
  const sellable = sellableOf(level.quantities);
  return [
    ...(sellable < 0 && !fellShort ? [`sellable is below zero: ${sellable}`] : []),
    ...(sellable === level.sellable
      ? []
      : [`sellable is stored as ${level.sellable}, its quantities make ${sellable}`]),
  ];
}

function against(level: TableLevel, place: string, other: LevelState | undefined): string[] {
  if (other === undefined) return [`is in the table at version ${level.version}, but not in ${place}`];
  const differing = quantityNames
    .filter((field) => level.quantities[field] !== other.quantities[field])
    .map((field) => `${field} is ${level.quantities[field]} in the table, ${other.quantities[field]} in ${place}`);
  if (level.version === other.version) return differing;
  return [`version is ${level.version} in the table, ${other.version} in ${place}`, ...differing];
}

function missingInArchive(level: TableLevel, archived: ArchivedLevel | undefined): string[] {
  const missing = archived?.versions.missing(level.version, 6) ?? [];
  if (missing.length === 0) return [];
  if (missing.length === 1) return [`version ${missing[0]} is missing in the archive`];
  const more = missing.length > 5 ? " and more" : "";
  return [`versions ${missing.slice(0, 5).join(", ")}${more} are missing in the archive`];
}
