export type { Supply } from "./allocation.ts";
export { CatalogueBookkeeping, ItemRecord, LocationRecord, publicStatus } from "./catalogue-record.ts";
export type { CommandContext, Idempotency } from "./command.ts";
export { decodeCursor, encodeCursor } from "./cursor.ts";
export {
  type HoldRequest,
  holdNeeds,
  holdSkus,
  needsAllocation,
  planHold,
  prepareHold,
} from "./hold.ts";
export {
  deadlineOrderEnd,
  deadlineShardOf,
  indexShards,
  itemKey,
  itemStockPartition,
  type Key,
  levelKey,
  listIndex,
  listShardOf,
  locationKey,
  requestKey,
  reservationKey,
} from "./keys.ts";
export { type LevelPlace, LevelRecord, placeKey, toAvailability, toLevel, toPolicy } from "./level.ts";
export {
  type MovementRequest,
  movementNeeds,
  movementReads,
  planMovements,
  prepareMovements,
} from "./movements.ts";
export { type Done, done, type Outcome, type Refused } from "./outcome.ts";
export type { Decision, Needs, Plan, PlanContext } from "./plan.ts";
export { type PolicyRequest, planPolicy, policyNeeds } from "./policy.ts";
export type { Clock, Ids, Random, Wait } from "./ports.ts";
export {
  DeadlineError,
  forbidden,
  invalid,
  itemInUse,
  itemNotFound,
  keyMissing,
  keyReused,
  locationInUse,
  locationNotFound,
  notFound,
  payloadTooLarge,
  rateLimited,
  reservationNotFound,
  unauthorized,
  unavailable,
  versionMoved,
} from "./refusal.ts";
export { type DoneRecord, fencePut, RecordedAnswer, type RecordRead, RequestRecord } from "./request-record.ts";
export { ReservationRecord, reservationOf } from "./reservation-record.ts";
export { type Act, deadlineOf, reservationAt } from "./reservation-state.ts";
export type { Attributes, Tables } from "./table-write.ts";
export { planTransition, type TransitionRequest, transitionNeeds } from "./transition.ts";
export { type Verdict, verdictOf } from "./verdict.ts";
