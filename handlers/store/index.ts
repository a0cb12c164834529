export { createLevelSnapshot } from "./level-snapshot.ts";
export type { StorePorts } from "./ports.ts";
export { createReservationStore } from "./reservation-store.ts";
export { createStockStore } from "./stock-store.ts";
export type {
  ExpectedVersion,
  ListOptions,
  Page,
  ReservationStore,
  ReservationTarget,
  StockStore,
} from "./store.ts";
