import type { LocationId, ReservationId, Sku } from "../../contract/identifiers.ts";
import { limits } from "../../contract/limits.ts";
import { movementKinds } from "../../contract/movement-kind.ts";
import type { HoldCommand, Reservation, ReservationLine } from "../../contract/reservation.ts";
import { allocate, type HoldLine, type Supply, toLine } from "./allocation.ts";
import { tooManyLevels } from "./level-lines.ts";
import { done, type Outcome } from "./outcome.ts";
import { composePlan, type Decision, instantOf, type Needs, type PlanContext } from "./plan.ts";
import { insufficient, invalid } from "./refusal.ts";
import { reservationPut } from "./reservation-record.ts";
import { partChanges } from "./transition.ts";

/** A hold that passed every check that needs no state. All its plans have the same id. */
export interface HoldRequest {
  readonly id: ReservationId;
  readonly command: HoldCommand & { readonly owner: string };
  readonly lines: readonly HoldLine[];
}

export function prepareHold(id: ReservationId, command: HoldRequest["command"]): Outcome<HoldRequest> {
  const lines = mergeHoldLines(command.lines);
  const above = lines.filter(({ quantity }) => quantity > limits.quantityMax);
  if (above.length > 0) {
    return invalid(above.map(({ sku }) => ({ path: "/lines", message: `more than ${limits.quantityMax} of ${sku}` })));
  }
  return tooManyLevels(fewestLevels(lines)) ?? done({ id, command, lines });
}

/** Merges lines of one item and location, and lines of one item without a location. */
function mergeHoldLines(lines: readonly HoldLine[]): HoldLine[] {
  const merged = new Map<string, HoldLine>();
  for (const line of lines) {
    const key = `${line.sku}\n${line.location ?? ""}`;
    const first = merged.get(key);
    merged.set(key, first ? { ...first, quantity: first.quantity + line.quantity } : line);
  }
  return [...merged.values()];
}

/** Returns the least number of levels that the lines can touch; allocation may use more. */
function fewestLevels(lines: readonly HoldLine[]): number {
  const placed = lines.filter(({ location }) => location !== undefined);
  const placedSkus = new Set(placed.map(({ sku }) => sku));
  return placed.length + lines.filter(({ sku, location }) => location === undefined && !placedSkus.has(sku)).length;
}

/** Returns whether a line has no location. Then the levels must be read, to choose locations. */
export const needsAllocation = ({ lines }: HoldRequest): boolean =>
  lines.some(({ location }) => location === undefined);

export const holdSkus = ({ lines }: HoldRequest): Sku[] => [...new Set(lines.map(({ sku }) => sku))];

export function holdNeeds(request: HoldRequest, allocated: readonly LocationId[] = []): Needs {
  const named = request.lines.flatMap(({ location }) => location ?? []);
  return {
    existence: movementKinds.reserve.existence,
    skus: holdSkus(request),
    locations: [...new Set([...named, ...allocated])],
  };
}

/** Plans a hold of all lines, or refuses the whole hold. `supplies` matters only when a line has no location. */
export function planHold(planContext: PlanContext, request: HoldRequest, supplies: readonly Supply[]): Decision {
  const found = needsAllocation(request)
    ? allocate(request.lines, supplies, request.command.strategy)
    : { kind: "allocated" as const, lines: request.lines.map(placedLine) };
  if (found.kind === "short") return insufficient(found.shortfalls);
  const parts = found.lines.flatMap(({ sku, allocations }) =>
    allocations.map(({ location, quantity }) => ({ sku, location, quantity })),
  );
  const changes = partChanges(planContext, { id: request.id, kind: "reserve", parts });
  const tooMany = tooManyLevels(changes.length);
  if (tooMany) return tooMany;
  const reservation = newReservation(planContext, request, found.lines);
  return composePlan(planContext, {
    answer: { type: "reservation", reservation },
    needs: holdNeeds(
      request,
      parts.map(({ location }) => location),
    ),
    reservation: { role: "newReservation", id: request.id, write: reservationPut(planContext, reservation) },
    changes,
  });
}

const placedLine = (line: HoldLine): ReservationLine =>
  toLine(line, line.location === undefined ? [] : [{ location: line.location, quantity: line.quantity }]);

function newReservation({ atMs }: PlanContext, { id, command }: HoldRequest, lines: ReservationLine[]): Reservation {
  const { owner, channel, reference, ttlSeconds } = command;
  const at = instantOf(atMs);
  return {
    id,
    owner,
    ...(channel !== undefined && { channel }),
    ...(reference !== undefined && { reference }),
    status: "HELD",
    lines,
    expiresAt: instantOf(atMs + ttlSeconds * 1_000),
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
}
