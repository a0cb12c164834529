import type { LocationId, Sku } from "../../contract/identifiers.ts";
import type { Allocation, PartCommand, Reservation, ReservationLine } from "../../contract/reservation.ts";
import type { LevelPlace } from "./level.ts";

/** A quantity of a reservation at one level. */
export interface Part extends LevelPlace {
  readonly quantity: number;
}

type Field = "released" | "fulfilled";
type Asked = { readonly sku: Sku; readonly location?: LocationId | undefined; readonly quantity: number };
type Taken = { readonly kind: "taken"; readonly lines: ReservationLine[]; readonly parts: readonly Part[] };
type Short = { readonly kind: "short"; readonly detail: string };

const leftOf = ({ quantity, fulfilled, released }: Allocation): number => quantity - fulfilled - released;

/** Takes everything that is left, and books it as released or fulfilled. An expiry books it as neither. */
export function takeAllLeft(reservation: Reservation, field?: Field): Taken {
  return takeEach(reservation, (allocation) => leftOf(allocation), field);
}

/** Takes what the lines ask for. Lines with a location come first, so that other lines do not take their stock. */
export function takeParts(
  reservation: Reservation,
  field: Field,
  asked: NonNullable<PartCommand["lines"]>,
): Taken | Short {
  const wanted = [...asked.filter(({ location }) => location), ...asked.filter(({ location }) => !location)];
  const taken = new Map<Allocation, number>();
  for (const part of wanted) {
    const missing = takeOne(reservation, taken, part);
    if (missing > 0) return { kind: "short", detail: shortDetail(part, missing) };
  }
  return takeEach(reservation, (allocation) => taken.get(allocation) ?? 0, field);
}

/** Takes from the allocations in their order. Returns the quantity that it could not take. */
function takeOne(reservation: Reservation, taken: Map<Allocation, number>, asked: Asked): number {
  let missing = asked.quantity;
  for (const line of reservation.lines.filter(({ sku }) => sku === asked.sku)) {
    for (const allocation of line.allocations) {
      if (asked.location && asked.location !== allocation.location) continue;
      const before = taken.get(allocation) ?? 0;
      const quantity = Math.min(missing, leftOf(allocation) - before);
      taken.set(allocation, before + quantity);
      missing -= quantity;
    }
  }
  return missing;
}

function takeEach(reservation: Reservation, quantityOf: (allocation: Allocation) => number, field?: Field): Taken {
  const parts: Part[] = [];
  const lines = reservation.lines.map((line) => ({
    ...line,
    allocations: line.allocations.map((allocation) => {
      const quantity = quantityOf(allocation);
      if (quantity > 0) parts.push({ sku: line.sku, location: allocation.location, quantity });
      return field ? { ...allocation, [field]: allocation[field] + quantity } : allocation;
    }),
  }));
  return { kind: "taken", lines, parts };
}

function shortDetail({ sku, location, quantity }: Asked, missing: number): string {
  const where = location ? ` at ${location}` : "";
  return `${quantity} of ${sku}${where} were requested, ${quantity - missing} are left`;
}
