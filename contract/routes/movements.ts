import { MovementCommand, MovementsMade } from "../movement.ts";
import { type Route, withScope } from "../route.ts";

/** Changes of stock levels. */
export const movementRoutes = {
  makeMovements: {
    method: "POST",
    path: "/movements",
    summary: "Change levels: receive, return, adjust, count; all lines or none",
    function: "stock",
    kind: "command",
    rateLimit: "command",
    access: withScope("stock:write"),
    body: MovementCommand,
    idempotencyKey: true,
    ifMatch: true,
    answers: { 201: { description: "The movements made", schema: MovementsMade } },
    problems: ["item_not_found", "location_not_found", "version_mismatch", "insufficient_stock", "quantity_limit"],
    announces: ["StockLevelChanged"],
  },
} as const satisfies Record<string, Route>;
