import { OperationsState } from "../operations.ts";
import { type Route, withScope } from "../route.ts";

/** The state of the system behind the API. */
export const operationsRoutes = {
  getOperations: {
    method: "GET",
    path: "/operations",
    summary: "How the system does behind the API: queues with dead letters, feeds, gaps in the ledger",
    function: "operations",
    kind: "read",
    rateLimit: "report",
    access: withScope("operations:read"),
    answers: { 200: { description: "What could be asked; null what could not", schema: OperationsState } },
    problems: [],
  },
} as const satisfies Record<string, Route>;
