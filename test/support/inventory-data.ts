import { LocationId, ReservationId, Sku } from "../../contract/identifiers.ts";
import type { Reservation } from "../../contract/reservation.ts";
import type { CommandContext, PlanContext } from "../../handlers/inventory/index.ts";
import { LevelRecord } from "../../handlers/inventory/index.ts";

/** Inputs of the core for tests. Each field has a simple default, so a test names only the fields that it tests. */
export const sku = (text: string): Sku => Sku.parse(text);
export const location = (text: string): LocationId => LocationId.parse(text);

export const atMs = Date.parse("2026-11-24T09:30:00.000Z");
export const at = new Date(atMs).toISOString();

export const context = (fields: Partial<CommandContext> = {}): CommandContext => ({
  requestId: "request-1",
  actor: "ann",
  receivedAtMs: atMs,
  ...fields,
});

export const idempotency = {
  client: "shop",
  subject: "ann",
  method: "POST",
  path: "/v1/movements",
  key: "key-1",
  bodyHash: "hash-1",
};

export const planContext = (fields: Partial<PlanContext> = {}): PlanContext => ({
  tables: { inventory: "inventory", requests: "requests" },
  context: context(),
  atMs,
  recordRead: { kind: "nothing" },
  ...fields,
});

export const levelRecord = (fields: Partial<LevelRecord> = {}): LevelRecord =>
  LevelRecord.parse({
    type: "level",
    sku: "widget",
    location: "main",
    onHand: 0,
    reserved: 0,
    incoming: 0,
    damaged: 0,
    qualityHold: 0,
    safety: 0,
    backorderLimit: 0,
    sellable: 0,
    intact: 0,
    version: 1,
    updatedAt: at,
    movement: {
      id: "m-1",
      kind: "receive",
      quantity: 1,
      deltas: {},
      cause: { type: "request", id: "m" },
      actor: "ann",
      at,
      occurredAt: at,
      requestId: "m",
    },
    ...fields,
  });

export const reservation = (fields: Partial<Reservation> = {}): Reservation => ({
  id: ReservationId.parse("order-1"),
  owner: "ann",
  status: "HELD",
  lines: [
    {
      sku: sku("widget"),
      quantity: 5,
      allocations: [
        { location: location("north"), quantity: 2, fulfilled: 0, released: 0 },
        { location: location("south"), quantity: 3, fulfilled: 0, released: 0 },
      ],
    },
  ],
  expiresAt: new Date(atMs + 900_000).toISOString(),
  createdAt: at,
  updatedAt: at,
  version: 1,
  ...fields,
});
