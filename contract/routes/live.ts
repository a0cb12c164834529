import { Ticket } from "../live.ts";
import { EmptyCommand } from "../reservation.ts";
import { type Route, withScope } from "../route.ts";

/** Tickets for live connections. The frames of a connection are in contract/live.ts. */
export const liveRoutes = {
  createTicket: {
    method: "POST",
    path: "/live/tickets",
    summary: "Get a ticket that opens one live connection within a minute",
    function: "live-tickets",
    kind: "read",
    rateLimit: "ticket",
    access: withScope("stock:availability"),
    body: EmptyCommand,
    answers: { 201: { description: "The ticket", schema: Ticket } },
    problems: [],
    announces: { nothing: "a ticket opens one live connection and expires after a minute" },
  },
} as const satisfies Record<string, Route>;
