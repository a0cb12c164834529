import type { LevelRecord } from "../inventory/index.ts";
import type { Columns, RowOf } from "./record-set.ts";
import { storable } from "./storable.ts";

const integer = { type: "integer" } as const;
const text = { type: "text" } as const;
const optionalText = { type: "text", nullable: true } as const;
const timestamptz = { type: "timestamptz" } as const;

const place = { sku: text, location: text } as const;
const quantities = {
  on_hand: integer,
  reserved: integer,
  incoming: integer,
  damaged: integer,
  quality_hold: integer,
  safety: integer,
  backorder_limit: integer,
} as const;

export const deltaColumns = {
  on_hand_delta: integer,
  reserved_delta: integer,
  incoming_delta: integer,
  damaged_delta: integer,
  quality_hold_delta: integer,
  safety_delta: integer,
  backorder_limit_delta: integer,
} as const;

/** `audit.movement`, as inserted. */
export const movementColumns = {
  ...place,
  version: { type: "bigint" },
  kind: text,
  quantity: { type: "integer", nullable: true },
  ...deltaColumns,
  ...quantities,
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

/** `reporting.stock_level`, as written. */
export const stockLevelColumns = {
  ...place,
  ...quantities,
  version: { type: "bigint" },
  updated_at: timestamptz,
} as const satisfies Columns;
export type StockLevelRow = RowOf<typeof stockLevelColumns>;

/** The image of a level carries both: the level after the change, and the movement that made it. */
export function movementRow(level: LevelRecord): MovementRow {
  const { movement } = level;
  const { deltas } = movement;
  return {
    sku: level.sku,
    location: level.location,
    version: level.version,
    kind: movement.kind,
    quantity: movement.quantity,
    on_hand_delta: deltas.onHand ?? 0,
    reserved_delta: deltas.reserved ?? 0,
    incoming_delta: deltas.incoming ?? 0,
    damaged_delta: deltas.damaged ?? 0,
    quality_hold_delta: deltas.qualityHold ?? 0,
    safety_delta: deltas.safety ?? 0,
    backorder_limit_delta: deltas.backorderLimit ?? 0,
    on_hand: level.onHand,
    reserved: level.reserved,
    incoming: level.incoming,
    damaged: level.damaged,
    quality_hold: level.qualityHold,
    safety: level.safety,
    backorder_limit: level.backorderLimit,
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

/** The newest row of each level, in the order in which every writer locks them. */
export function newestLevels(movements: readonly MovementRow[]): readonly StockLevelRow[] {
  const newest = new Map<string, MovementRow>();
  for (const row of movements) {
    const key = levelKeyOf(row);
    if (row.version > (newest.get(key)?.version ?? 0)) newest.set(key, row);
  }
  const inOrder = [...newest].sort(([left], [right]) => (left < right ? -1 : 1));
  return inOrder.map(([, row]) => ({
    sku: row.sku,
    location: row.location,
    on_hand: row.on_hand,
    reserved: row.reserved,
    incoming: row.incoming,
    damaged: row.damaged,
    quality_hold: row.quality_hold,
    safety: row.safety,
    backorder_limit: row.backorder_limit,
    version: row.version,
    updated_at: row.at,
  }));
}

/** A level's name in maps; \n is in no sku. */
export const levelKeyOf = (row: { readonly sku: string; readonly location: string }): string =>
  `${row.sku}\n${row.location}`;
