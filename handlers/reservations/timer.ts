import type { Reservation } from "../../contract/reservation.ts";
import { deadlineOf } from "../inventory/index.ts";
import { type Log, type Meter, sendExpiryTimer, type TimerPorts } from "../runtime/index.ts";

/** A limit, because the client waits for its answer meanwhile. The sweep finds reservations without a timer. */
const sendMsMax = 1_000;

/** Sets the timer after a command moved a deadline. Never throws: the command has succeeded without the timer. */
export type SetTimer = (reservation: Reservation, requestId: string) => Promise<void>;

export function createSetTimer(ports: TimerPorts & { readonly log: Log; readonly meter: Meter }): SetTimer {
  return async (reservation, requestId) => {
    const dueAt = deadlineOf(reservation);
    if (dueAt === undefined) return;
    const { id } = reservation;
    try {
      await sendExpiryTimer(ports, { id, dueAt, correlationId: requestId }, AbortSignal.timeout(sendMsMax));
    } catch (error) {
      ports.log.warn("timer not sent, the sweep will expire it", {
        correlation_id: requestId,
        reservation: id,
        dueAt,
        cause: `${error}`,
      });
      ports.meter.count("ExpiryTimersNotSent");
    }
  };
}
