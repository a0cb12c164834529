import type { LocationId, ReservationId, Sku } from "../../contract/identifiers.ts";
import type { Level, Policy } from "../../contract/level.ts";
import type { MovementCommand, MovementsMade } from "../../contract/movement.ts";
import type {
  ExtendCommand,
  HoldCommand,
  PartCommand,
  PayCommand,
  Reservation,
  ReservationStatus,
} from "../../contract/reservation.ts";
import type { CommandContext, Outcome, Refused } from "../inventory/index.ts";

/** `"<version>"` of `If-Match`, parsed; 0 stands for "not made yet". */
export type ExpectedVersion = number;

/** A page of a list; `cursor` is opaque. */
export interface Page<Entry> {
  readonly items: readonly Entry[];
  readonly nextCursor: string | null;
}

export interface ListOptions {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * Stock as the table holds it: commands that decide by one write, and reads.
 * Commands and reads throw a `DeadlineError` when the table does not answer in time.
 */
export interface StockStore {
  makeMovements(
    context: CommandContext,
    command: MovementCommand,
    expectedVersion?: ExpectedVersion,
  ): Promise<Outcome<MovementsMade>>;
  putPolicy(
    context: CommandContext,
    command: { sku: Sku; location: LocationId; policy: Policy },
    expectedVersion?: ExpectedVersion,
  ): Promise<Outcome<Level>>;
  /** A level that never moved reads as zeros with version 0. */
  readLevel(sku: Sku, location: LocationId, options: { consistent: boolean }): Promise<Level>;
  readPolicy(sku: Sku, location: LocationId): Promise<Policy & { version: number }>;
  /** All levels of an item, by location. */
  readItemLevels(sku: Sku, options: { consistent: boolean }): Promise<readonly Level[]>;
  /** By sku. Refused (`validation_failed`) for a cursor that is not of this list. */
  listLocationLevels(location: LocationId, options: ListOptions): Promise<Outcome<Page<Level>>>;
  /** The refusal a read answers with when an item or location was never made; archived ones are there. */
  findMissing(names: {
    readonly skus?: readonly Sku[];
    readonly locations?: readonly LocationId[];
  }): Promise<Refused<"item_not_found" | "location_not_found"> | undefined>;
}

/** `owner` limits a command to reservations of that owner (others are not_found); absent: any owner's. */
export interface ReservationTarget {
  readonly id: ReservationId;
  readonly owner?: string;
  readonly expectedVersion?: ExpectedVersion;
}

/** Reservations as the table holds them. Commands and reads throw a `DeadlineError` as those of stock do. */
export interface ReservationStore {
  /** `command.owner` is set by the caller. */
  hold(context: CommandContext, command: HoldCommand & { owner: string }): Promise<Outcome<Reservation>>;
  pay(context: CommandContext, target: ReservationTarget, command: PayCommand): Promise<Outcome<Reservation>>;
  failPayment(context: CommandContext, target: ReservationTarget): Promise<Outcome<Reservation>>;
  confirm(context: CommandContext, target: ReservationTarget): Promise<Outcome<Reservation>>;
  extend(context: CommandContext, target: ReservationTarget, command: ExtendCommand): Promise<Outcome<Reservation>>;
  release(context: CommandContext, target: ReservationTarget, command: PartCommand): Promise<Outcome<Reservation>>;
  fulfil(context: CommandContext, target: ReservationTarget, command: PartCommand): Promise<Outcome<Reservation>>;
  /**
   * Expires the reservation if it is HELD past expiresAt or PAYING past payBy.
   * `dueAt`: when it will be due instead; null when it never will (decided or unknown).
   * Throws a `DeadlineError` when that could not be decided in time.
   */
  expire(
    context: CommandContext,
    id: ReservationId,
  ): Promise<{ kind: "expired"; reservation: Reservation } | { kind: "not_due"; dueAt: string | null }>;
  /** Shows EXPIRED from the deadline's instant on; undefined when unknown. */
  read(id: ReservationId): Promise<Reservation | undefined>;
  /** Newest first. Refused (`validation_failed`) for a cursor that is not of this list. */
  listByOwner(
    owner: string,
    options: ListOptions & { status?: ReservationStatus | undefined },
  ): Promise<Outcome<Page<Reservation>>>;
  /** Ids in `byDeadline` of one minute (epoch minutes) and shard (0..15) with a deadline up to `untilMs`. */
  listDue(minute: number, shard: number, untilMs: number): Promise<readonly ReservationId[]>;
}
