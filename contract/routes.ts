import type { Route } from "./route.ts";
import { itemRoutes } from "./routes/items.ts";
import { liveRoutes } from "./routes/live.ts";
import { locationRoutes } from "./routes/locations.ts";
import { movementRoutes } from "./routes/movements.ts";
import { operationsRoutes } from "./routes/operations.ts";
import { reportRoutes } from "./routes/reports.ts";
import { reservationRoutes } from "./routes/reservations.ts";
import { serviceRoutes } from "./routes/service.ts";
import { stockRoutes } from "./routes/stock.ts";
import { webhookRoutes } from "./routes/webhooks.ts";

/** Every route of the API, by operation. Functions, the gateway, OpenAPI and the tests are derived from this table. */
export const routes = {
  ...itemRoutes,
  ...locationRoutes,
  ...serviceRoutes,
  ...stockRoutes,
  ...movementRoutes,
  ...reservationRoutes,
  ...webhookRoutes,
  ...reportRoutes,
  ...operationsRoutes,
  ...liveRoutes,
} as const satisfies Record<string, Route>;

/** The table, with the exact type of each route. */
export type Routes = typeof routes;
/** The name of a route, also `operationId` in OpenAPI. */
export type Operation = keyof Routes;
/** The functions that serve REST: every function that a route names. */
export type RestFunction = Routes[Operation]["function"];
