import { liveLimits } from "../../contract/live.ts";
import { type Clock, done } from "../inventory/index.ts";
import { holderOf, type Tickets } from "../runtime/connections/index.ts";
import type { RouteHandlers } from "../runtime/index.ts";

export interface TicketPorts {
  readonly tickets: Tickets;
  readonly clock: Clock;
  /** Returns a text that cannot be guessed. */
  readonly secret: () => string;
}

/** Creates the route of tickets. Tickets keep tokens out of URLs, which appear in logs: a used ticket is worthless. */
export function createTicketRoutes({ tickets, clock, secret }: TicketPorts): RouteHandlers<"live-tickets"> {
  return {
    createTicket: async ({ principal }) => {
      const ticket = secret();
      const expiresAt = new Date(clock() + liveLimits.ticketSeconds * 1_000).toISOString();
      await tickets.keep(ticket, holderOf(principal), expiresAt);
      return done({ status: 201, body: { ticket, expiresAt } });
    },
  };
}
