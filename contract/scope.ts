import { z } from "zod";

/** OAuth scopes of the API. `admin` implies all others; `stock:read` implies `stock:availability`. */
export const Scope = z.enum([
  "admin",
  "catalogue:write",
  "stock:availability",
  "stock:read",
  "stock:write",
  "reservations:read",
  "reservations:write",
  "reservations:any",
  "reports:read",
  "operations:read",
  "webhooks:write",
]);
export type Scope = z.output<typeof Scope>;

/** Returns whether `granted` contains `required` or a scope that implies it. */
export function hasScope(granted: ReadonlySet<string>, required: Scope): boolean {
  if (granted.has("admin") || granted.has(required)) return true;
  return required === "stock:availability" && granted.has("stock:read");
}
