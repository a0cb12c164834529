import { type ColumnOf, columnOf, type QuantityName, quantityNames } from "../../contract/quantity.ts";
import type { LevelRecord } from "../inventory/index.ts";
import type { Columns, RowOf } from "./record-set.ts";
import { storable } from "./storable.ts";

const integer = { type: "integer" } as const;
const text = { type: "text" } as const;
const optionalText = { type: "text", nullable: true } as const;
const timestamptz = { type: "timestamptz" } as const;

const place = { sku: text, location: text } as const;

/** Returns the cells of all quantities of a row: `on_hand`, ..., or with the suffix `on_hand_delta`, ... */
function quantityCells<Suffix extends "" | "_delta", Value>(suffix: Suffix, cellOf: (name: QuantityName) => Value) {
  const cells = quantityNames.map((name) => [`${columnOf(name)}${suffix}`, cellOf(name)]);
  return Object.fromEntries(cells) as { readonly [Name in QuantityName as `${ColumnOf<Name>}${Suffix}`]: Value };
}

const quantityColumns = quantityCells("", () => integer);
export const deltaColumns = quantityCells("_delta", () => integer);

/** The inserted columns of `audit.movement`. */
export const movementColumns = {
  ...place,
  version: { type: "bigint" },
  kind: text,
  quantity: { type: "integer", nullable: true },
  ...deltaColumns,
  ...quantityColumns,
  cause_type: text,
  cause_id: text,
  actor: text,
  reason: optionalText,
  reference: optionalText,
  at: timestamptz,
  occurred_at: timestamptz,
  request_id: text,
  movement_id: text,
} as const satisfies Columns;
export type MovementRow = RowOf<typeof movementColumns>;

/** The written columns of `reporting.stock_level`. */
export const stockLevelColumns = {
  ...place,
  ...quantityColumns,
  version: { type: "bigint" },
  updated_at: timestamptz,
} as const satisfies Columns;
export type StockLevelRow = RowOf<typeof stockLevelColumns>;

/**
 * Returns the ledger row of a level record, which contains the level after the change and the movement that made it.
 */
export function movementRow(level: LevelRecord): MovementRow {
  const { movement } = level;
  const { deltas } = movement;
  return {
    sku: level.sku,
    location: level.location,
    version: level.version,
    kind: movement.kind,
    quantity: movement.quantity,
    ...quantityCells("_delta", (name) => deltas[name] ?? 0),
    ...quantityCells("", (name) => level[name]),
    cause_type: movement.cause.type,
    cause_id: storable(movement.cause.id),
    actor: storable(movement.actor),
    reason: movement.reason === undefined ? null : storable(movement.reason),
    reference: movement.reference === undefined ? null : storable(movement.reference),
    at: level.updatedAt,
    occurred_at: movement.occurredAt,
    request_id: storable(movement.requestId),
    movement_id: storable(movement.id),
  };
}

/** Returns the newest row of each level, in the order in which all writers lock them. */
export function newestLevelRows(movements: readonly MovementRow[]): readonly StockLevelRow[] {
  const newest = new Map<string, MovementRow>();
  for (const row of movements) {
    const key = levelKeyOf(row);
    if (row.version > (newest.get(key)?.version ?? 0)) newest.set(key, row);
  }
  const inOrder = [...newest].sort(([left], [right]) => (left < right ? -1 : 1));
  return inOrder.map(([, row]) => ({
    sku: row.sku,
    location: row.location,
    ...quantityCells("", (name) => row[columnOf(name)]),
    version: row.version,
    updated_at: row.at,
  }));
}

/** Returns the map key of a level. No SKU contains \n. */
export const levelKeyOf = (row: { readonly sku: string; readonly location: string }): string =>
  `${row.sku}\n${row.location}`;
