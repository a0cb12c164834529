import type { EventType } from "./event.ts";
import type { Operation } from "./routes.ts";

/**
 * What each operation that changes state announces, besides StockFellShort, which counts raise, and ReservationRefused,
 * which tells of a hold that changed nothing. An operation whose change is no business of other systems says why it
 * announces nothing.
 */
export const announcements: { readonly [O in Operation]?: readonly EventType[] | { readonly nothing: string } } = {
  putItem: ["ItemChanged"],
  patchItem: ["ItemChanged"],
  archiveItem: ["ItemChanged"],
  putLocation: ["LocationChanged"],
  patchLocation: ["LocationChanged"],
  archiveLocation: ["LocationChanged"],
  putPolicy: ["StockLevelChanged"],
  makeMovements: ["StockLevelChanged"],
  holdReservation: ["ReservationHeld", "StockLevelChanged"],
  payReservation: ["ReservationPaying"],
  failPayment: ["ReservationHeld"],
  confirmReservation: ["ReservationConfirmed"],
  extendReservation: ["ReservationExtended"],
  releaseReservation: ["ReservationReleased", "StockLevelChanged"],
  fulfilReservation: ["ReservationFulfilled", "StockLevelChanged"],
  createWebhook: { nothing: "who listens is no business of those who listen" },
  deleteWebhook: { nothing: "who listens is no business of those who listen" },
  createTicket: { nothing: "a ticket opens one live connection, and is gone within a minute" },
};
