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

/** The version in `If-Match: "<version>"`; 0 means that the thing does not exist yet. */
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
 * Commands on stock that decide by one write, and reads of stock. All of them throw a `DeadlineError` when the table
 * does not answer in time.
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
  /** Reads a level. A level that never changed has zeros and version 0. */
  readLevel(sku: Sku, location: LocationId, options: { consistent: boolean }): Promise<Level>;
  readPolicy(sku: Sku, location: LocationId): Promise<Policy & { version: number }>;
  /** Reads all levels of an item, ordered by location. */
  readItemLevels(sku: Sku, options: { consistent: boolean }): Promise<readonly Level[]>;
  /** Lists levels ordered by sku. Refuses (`validation_failed`) a cursor from another list. */
  listLocationLevels(location: LocationId, options: ListOptions): Promise<Outcome<Page<Level>>>;
  /** Returns the refusal for a read when an item or location was never created. Archived ones count as existing. */
  findMissing(names: {
    readonly skus?: readonly Sku[];
    readonly locations?: readonly LocationId[];
  }): Promise<Refused<"item_not_found" | "location_not_found"> | undefined>;
}

/**
 * The reservation that a command changes. `owner` limits the command to reservations of that owner: another owner's is
 * not_found. Without `owner` the reservation may belong to anyone.
 */
export interface ReservationTarget {
  readonly id: ReservationId;
  readonly owner?: string;
  readonly expectedVersion?: ExpectedVersion;
}

/**
 * Commands on reservations, and reads of them. All of them throw a `DeadlineError` when the table does not answer in
 * time.
 */
export interface ReservationStore {
  /** Holds stock. The caller sets `command.owner`. */
  hold(context: CommandContext, command: HoldCommand & { owner: string }): Promise<Outcome<Reservation>>;
  pay(context: CommandContext, target: ReservationTarget, command: PayCommand): Promise<Outcome<Reservation>>;
  failPayment(context: CommandContext, target: ReservationTarget): Promise<Outcome<Reservation>>;
  confirm(context: CommandContext, target: ReservationTarget): Promise<Outcome<Reservation>>;
  extend(context: CommandContext, target: ReservationTarget, command: ExtendCommand): Promise<Outcome<Reservation>>;
  release(context: CommandContext, target: ReservationTarget, command: PartCommand): Promise<Outcome<Reservation>>;
  fulfil(context: CommandContext, target: ReservationTarget, command: PartCommand): Promise<Outcome<Reservation>>;
  /**
   * Expires the reservation if it is HELD past expiresAt or PAYING past payBy. Otherwise `dueAt` says when it will be
   * due; null when it never will (it has no deadline any more, or does not exist). Throws a `DeadlineError` when it
   * could not decide in time.
   */
  expire(
    context: CommandContext,
    id: ReservationId,
  ): Promise<{ kind: "expired"; reservation: Reservation } | { kind: "not_due"; dueAt: string | null }>;
  /** Reads a reservation; undefined when there is none. It shows EXPIRED from the deadline on. */
  read(id: ReservationId): Promise<Reservation | undefined>;
  /** Lists reservations, newest first. Refuses (`validation_failed`) a cursor from another list. */
  listByOwner(
    owner: string,
    options: ListOptions & { status?: ReservationStatus | undefined },
  ): Promise<Outcome<Page<Reservation>>>;
  /** Lists the ids in `byDeadline` of one minute (epoch minutes) and shard (0..15) with a deadline up to `untilMs`. */
  listDue(minute: number, shard: number, untilMs: number): Promise<readonly ReservationId[]>;
}
