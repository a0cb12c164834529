import type { ReservationId } from "../../contract/identifiers.ts";
import type { Reservation } from "../../contract/reservation.ts";
import {
  planTransition,
  reservationKey,
  reservationOf,
  type TransitionRequest,
  transitionNeeds,
} from "../inventory/index.ts";
import type { Command } from "./command-runner.ts";
import type { TableReader } from "./table-reader.ts";

/** Returns the command of an act: it reads the reservation, and writes it only if it still has the version read. */
export function transitionCommand(table: string, request: TransitionRequest): Command<Reservation | undefined> {
  return {
    needs: transitionNeeds,
    read: (reader) => readReservation(reader, table, request.id),
    decide: (planContext, reservation) => planTransition(planContext, request, reservation),
  };
}

export async function readReservation(
  reader: TableReader,
  table: string,
  id: ReservationId,
): Promise<Reservation | undefined> {
  const item = await reader.get(table, reservationKey(id), { consistent: true });
  return item && reservationOf(item);
}
