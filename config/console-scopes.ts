import type { Scope } from "../contract/scope.ts";

/** The API scopes that the pages of the console need. */
export const consoleScopes = [
  "stock:read",
  "stock:write",
  "reservations:read",
  "reservations:write",
  "reports:read",
  "operations:read",
] as const satisfies readonly Scope[];
