export type { Answer, AnswerOf, Call, CallOptions, InputOf, Methods, OperationName } from "./client.ts";
export { type ErrorCode, HoldfastError, isHoldfastError } from "./error.ts";
export { createHoldfast, type Holdfast, type HoldfastOptions } from "./holdfast.ts";
export type { StockLevel } from "./live/levels.ts";
export type { StockState, StockView } from "./live/stock-view.ts";
export type {
  Item,
  ItemStock,
  Ledger,
  LedgerEntry,
  Level,
  Location,
  MovementCommand,
  OperationsState,
  Problem,
  QueueState,
  Report,
  ReportList,
  Reservation,
} from "./operations.generated.ts";
export { movementCommands, movementKinds, quantities } from "./operations.generated.ts";
export type { Ports, Socket, SocketEvents } from "./ports.ts";
export type { TokenSource } from "./requests.ts";
export type { ReservationView, ReservationWatch } from "./reservation-watch.ts";
export type { Watch } from "./watch.ts";
