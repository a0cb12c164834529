// Made from the contract by clients/sdk/generate.ts; not edited by hand.
export type Availability = { sku: string; location: string; available: number; asOf: string; version: number };
export type EmptyCommand = {  };
export type ExtendCommand = { ttlSeconds: number };
export type FeedState = { name: string; lagSeconds: number | null; asOf: string | null; movedAt: string };
export type GapState = { open: number; oldestAt: string | null };
export type HoldCommand = { id?: string; owner?: string; channel?: string; reference?: string; ttlSeconds?: number; strategy?: "priority" | "single" | "fewest"; lines: Array<{ sku: string; quantity: number; location?: string }> };
export type Item = { sku: string; name: string; description: string; attributes: { [name: string]: string }; barcodes: Array<string>; status: "active" | "archived"; createdAt: string; updatedAt: string; version: number };
export type ItemAvailability = { sku: string; levels: Array<Availability>; asOf: string };
export type ItemPatch = { name?: string; description?: string | null; attributes?: { [name: string]: string | null } | null; barcodes?: Array<string> | null; status?: "active" };
export type ItemPut = { name: string; description?: string; attributes?: { [name: string]: string }; barcodes?: Array<string> };
export type ItemStock = { sku: string; levels: Array<Level>; totals: { onHand: number; reserved: number; incoming: number; damaged: number; qualityHold: number; safety: number; available: number; sellable: number }; asOf: string; source: "cache" | "table" };
export type Ledger = { items: Array<LedgerEntry>; nextCursor: string | null; asOf: string | null };
export type LedgerEntry = { id: string; kind: "receive" | "return" | "adjust" | "count" | "reserve" | "release" | "expire" | "fulfil" | "policy"; quantity: number | null; deltas: { onHand?: number; reserved?: number; incoming?: number; damaged?: number; qualityHold?: number; safety?: number; backorderLimit?: number }; cause: { type: "request" | "reservation"; id: string }; actor: string; reason?: string; reference?: string; at: string; occurredAt: string; version: number; level: Level };
export type Level = { sku: string; location: string; onHand: number; reserved: number; incoming: number; damaged: number; qualityHold: number; safety: number; available: number; backorderLimit: number; sellable: number; version: number; updatedAt: string | null };
export type LevelRead = { sku: string; location: string; onHand: number; reserved: number; incoming: number; damaged: number; qualityHold: number; safety: number; available: number; backorderLimit: number; sellable: number; version: number; updatedAt: string | null; asOf: string; source: "cache" | "table" };
export type Location = { id: string; name: string; kind: "warehouse" | "store" | "supplier" | "transit" | "other"; priority: number; coordinates?: { latitude: number; longitude: number }; status: "active" | "archived"; createdAt: string; updatedAt: string; version: number };
export type LocationPatch = { name?: string; kind?: "warehouse" | "store" | "supplier" | "transit" | "other"; priority?: number | null; coordinates?: { latitude: number; longitude: number } | null; status?: "active" };
export type LocationPut = { name: string; kind: "warehouse" | "store" | "supplier" | "transit" | "other"; priority?: number; coordinates?: { latitude: number; longitude: number } };
export type MovementCommand = { kind: "receive"; reason?: string; reference?: string; occurredAt?: string; lines: Array<{ sku: string; location: string; quantity: number; expected?: number }> } | { kind: "return"; reason?: string; reference?: string; occurredAt?: string; lines: Array<{ sku: string; location: string; quantity: number }> } | { kind: "adjust"; reason?: string; reference?: string; occurredAt?: string; lines: Array<{ sku: string; location: string; quantity: number }> } | { kind: "count"; reason?: string; reference?: string; occurredAt?: string; lines: Array<{ sku: string; location: string; quantity: number }> };
export type MovementsMade = { movements: Array<{ id: string; kind: "receive" | "return" | "adjust" | "count" | "reserve" | "release" | "expire" | "fulfil" | "policy"; sku: string; location: string; quantity: number | null; level: Level }> };
export type OperationsState = { asOf: string; queues: Array<QueueState>; feeds: Array<FeedState> | null; gaps: GapState | null };
export type PartCommand = { lines?: Array<{ sku: string; location?: string; quantity: number }> };
export type PayCommand = { payWithinSeconds?: number };
export type Policy = { safety?: number; backorderLimit?: number; lowStock?: { threshold: number; clear: number } };
export type PolicyRead = { safety: number; backorderLimit: number; lowStock?: { threshold: number; clear: number }; version: number };
export type Problem = { type: string; title: string; status: number; code: "unauthorized" | "forbidden" | "rate_limited" | "payload_too_large" | "validation_failed" | "idempotency_key_missing" | "idempotency_key_reused" | "item_not_found" | "location_not_found" | "not_found" | "version_mismatch" | "reservation_expired" | "reservation_state" | "reservation_exists" | "insufficient_stock" | "quantity_limit" | "item_in_use" | "location_in_use" | "unavailable"; detail: string; instance: string; requiredScope?: string; errors?: Array<{ path: string; message: string }>; shortfalls?: Array<{ sku: string; location?: string; requested: number; available: number }> };
export type QueueState = { name: string; depth: number | null; inFlight: number | null; delayed: number | null; deadLetters: number | null };
export type Report = { name: "stock-on-hand" | "stock-on-hand-daily" | "sales-by-day" | "sell-through" | "stockout-rate" | "movement-ledger"; asOf: string; rows: Array<{ [name: string]: string | number | null }> };
export type ReportList = { items: Array<{ name: "stock-on-hand" | "stock-on-hand-daily" | "sales-by-day" | "sell-through" | "stockout-rate" | "movement-ledger"; title: string; columns: Array<string> }> };
export type Reservation = { id: string; owner: string; channel?: string; reference?: string; status: "HELD" | "PAYING" | "CONFIRMED" | "PARTIALLY_FULFILLED" | "FULFILLED" | "RELEASED" | "EXPIRED"; lines: Array<{ sku: string; quantity: number; allocations: Array<{ location: string; quantity: number; fulfilled: number; released: number }> }>; expiresAt: string; payBy?: string; createdAt: string; updatedAt: string; version: number };
export type Ticket = { ticket: string; expiresAt: string };
export type Webhook = { id: string; url: string; events: Array<"StockLevelChanged" | "StockRanLow" | "StockRecovered" | "StockFellShort" | "ReservationHeld" | "ReservationExtended" | "ReservationPaying" | "ReservationConfirmed" | "ReservationFulfilled" | "ReservationReleased" | "ReservationExpired" | "ReservationRefused" | "ItemChanged" | "LocationChanged">; createdAt: string };
export type WebhookMade = { id: string; url: string; events: Array<"StockLevelChanged" | "StockRanLow" | "StockRecovered" | "StockFellShort" | "ReservationHeld" | "ReservationExtended" | "ReservationPaying" | "ReservationConfirmed" | "ReservationFulfilled" | "ReservationReleased" | "ReservationExpired" | "ReservationRefused" | "ItemChanged" | "LocationChanged">; createdAt: string; secret: string };
export type WebhookPost = { url: string; events: Array<"StockLevelChanged" | "StockRanLow" | "StockRecovered" | "StockFellShort" | "ReservationHeld" | "ReservationExtended" | "ReservationPaying" | "ReservationConfirmed" | "ReservationFulfilled" | "ReservationReleased" | "ReservationExpired" | "ReservationRefused" | "ItemChanged" | "LocationChanged"> };
/** What each operation takes (path, query and `body` together) and answers. */
export interface Operations {
  putItem: { input: { sku: string } & { body: ItemPut }; answer: Item };
  getItem: { input: { sku: string } & { consistency?: "default" | "strong" }; answer: Item };
  patchItem: { input: { sku: string } & { body: ItemPatch }; answer: Item };
  archiveItem: { input: { sku: string }; answer: Item };
  listItems: { input: { limit?: number; cursor?: string; status?: "active" | "archived"; consistency?: "default" | "strong"; search?: string }; answer: { items: Array<Item>; nextCursor: string | null } };
  putLocation: { input: { id: string } & { body: LocationPut }; answer: Location };
  getLocation: { input: { id: string } & { consistency?: "default" | "strong" }; answer: Location };
  patchLocation: { input: { id: string } & { body: LocationPatch }; answer: Location };
  archiveLocation: { input: { id: string }; answer: Location };
  listLocations: { input: { limit?: number; cursor?: string; status?: "active" | "archived"; consistency?: "default" | "strong" }; answer: { items: Array<Location>; nextCursor: string | null } };
  getHealth: { input: {}; answer: { status: "ok" } };
  getOpenApi: { input: {}; answer: { openapi: string; [name: string]: unknown } };
  getAsyncApi: { input: {}; answer: { asyncapi: string; [name: string]: unknown } };
  getItemStock: { input: { sku: string } & { consistency?: "default" | "strong" }; answer: ItemStock | ItemAvailability };
  getLevel: { input: { sku: string; location: string } & { consistency?: "default" | "strong"; minVersion?: number }; answer: LevelRead | Availability };
  listLevels: { input: { limit?: number; cursor?: string; location: string }; answer: { items: Array<Level>; nextCursor: string | null } };
  getPolicy: { input: { sku: string; location: string }; answer: PolicyRead };
  putPolicy: { input: { sku: string; location: string } & { body: Policy }; answer: Level };
  makeMovements: { input: { body: MovementCommand }; answer: MovementsMade };
  holdReservation: { input: { body: HoldCommand }; answer: Reservation };
  getReservation: { input: { id: string }; answer: Reservation };
  listReservations: { input: { limit?: number; cursor?: string; owner?: string; status?: "HELD" | "PAYING" | "CONFIRMED" | "PARTIALLY_FULFILLED" | "FULFILLED" | "RELEASED" | "EXPIRED" }; answer: { items: Array<Reservation>; nextCursor: string | null } };
  payReservation: { input: { id: string } & { body: PayCommand }; answer: Reservation };
  failPayment: { input: { id: string } & { body: EmptyCommand }; answer: Reservation };
  confirmReservation: { input: { id: string } & { body: EmptyCommand }; answer: Reservation };
  extendReservation: { input: { id: string } & { body: ExtendCommand }; answer: Reservation };
  releaseReservation: { input: { id: string } & { body: PartCommand }; answer: Reservation };
  fulfilReservation: { input: { id: string } & { body: PartCommand }; answer: Reservation };
  createWebhook: { input: { body: WebhookPost }; answer: WebhookMade };
  listWebhooks: { input: { limit?: number; cursor?: string }; answer: { items: Array<Webhook>; nextCursor: string | null } };
  deleteWebhook: { input: { id: string }; answer: null };
  listReports: { input: {}; answer: ReportList };
  getReport: { input: { name: string } & { from?: string; to?: string; location?: string; sku?: string; format?: "json" | "csv" }; answer: Report };
  listMovements: { input: { sku: string; location: string } & { limit?: number; cursor?: string }; answer: Ledger };
  getOperations: { input: {}; answer: OperationsState };
  createTicket: { input: { body: EmptyCommand }; answer: Ticket };
}
/** Method and path of each operation, below the API's base. */
export const operations = {
  putItem: "PUT /items/{sku}",
  getItem: "GET /items/{sku}",
  patchItem: "PATCH /items/{sku}",
  archiveItem: "DELETE /items/{sku}",
  listItems: "GET /items",
  putLocation: "PUT /locations/{id}",
  getLocation: "GET /locations/{id}",
  patchLocation: "PATCH /locations/{id}",
  archiveLocation: "DELETE /locations/{id}",
  listLocations: "GET /locations",
  getHealth: "GET /health",
  getOpenApi: "GET /openapi.json",
  getAsyncApi: "GET /asyncapi.json",
  getItemStock: "GET /stock/{sku}",
  getLevel: "GET /stock/{sku}/{location}",
  listLevels: "GET /stock",
  getPolicy: "GET /stock/{sku}/{location}/policy",
  putPolicy: "PUT /stock/{sku}/{location}/policy",
  makeMovements: "POST /movements",
  holdReservation: "POST /reservations",
  getReservation: "GET /reservations/{id}",
  listReservations: "GET /reservations",
  payReservation: "POST /reservations/{id}/pay",
  failPayment: "POST /reservations/{id}/fail-payment",
  confirmReservation: "POST /reservations/{id}/confirm",
  extendReservation: "POST /reservations/{id}/extend",
  releaseReservation: "POST /reservations/{id}/release",
  fulfilReservation: "POST /reservations/{id}/fulfil",
  createWebhook: "POST /webhooks",
  listWebhooks: "GET /webhooks",
  deleteWebhook: "DELETE /webhooks/{id}",
  listReports: "GET /reports",
  getReport: "GET /reports/{name}",
  listMovements: "GET /stock/{sku}/{location}/movements",
  getOperations: "GET /operations",
  createTicket: "POST /live/tickets",
} as const;
/** The quantities of a level, and what people call them. */
export const quantities = {
  onHand: { label: "On hand" },
  reserved: { label: "Reserved" },
  incoming: { label: "Incoming" },
  damaged: { label: "Damaged" },
  qualityHold: { label: "Quality hold" },
  safety: { label: "Safety" },
  backorderLimit: { label: "Backorder limit" },
} as const;
/** The kinds of movements, and what people call them. */
export const movementKinds = {
  receive: { label: "Receive" },
  return: { label: "Return" },
  adjust: { label: "Adjust" },
  count: { label: "Count" },
  reserve: { label: "Reserve" },
  release: { label: "Release" },
  expire: { label: "Expire" },
  fulfil: { label: "Fulfil" },
  policy: { label: "Policy" },
} as const;
/** The kinds that `makeMovements` takes. `quantity`: from 1, of either sign but not 0, or from 0. */
export const movementCommands = {
  receive: { label: "Receive", hint: "Goods came in: adds to what is on hand.", quantity: "positive" },
  return: { label: "Return", hint: "A customer brought it back: sellable at once.", quantity: "positive" },
  adjust: { label: "Adjust", hint: "Corrects what is on hand: more, or less with a minus.", quantity: "signed" },
  count: { label: "Count", hint: "States what is on hand: a fact, even below what is reserved.", quantity: "counted" },
} as const;
