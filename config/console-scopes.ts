import type { Scope } from "../contract/scope.ts";

/** What the pages of the console need of the API. */
export const consoleScopes = [
  "stock:read",
  "stock:write",
  "reservations:read",
  "reservations:write",
  "reports:read",
  "operations:read",
] as const satisfies readonly Scope[];
