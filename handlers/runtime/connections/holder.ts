import { hasScope } from "../../../contract/scope.ts";
import type { Holder, View } from "./records.ts";

interface Caller {
  readonly subject: string;
  readonly client: string;
  readonly scopes: Iterable<string>;
  readonly expiresAtSeconds: number;
}

export const holderOf = ({ subject, client, scopes, expiresAtSeconds }: Caller): Holder => ({
  subject,
  client,
  scopes: [...scopes],
  tokenExpiresAt: new Date(expiresAtSeconds * 1_000).toISOString(),
});

/** Returns the view that the scopes allow, or undefined when they do not allow reads of stock. */
export function viewOf({ scopes }: Pick<Holder, "scopes">): View | undefined {
  const granted = new Set(scopes);
  if (hasScope(granted, "stock:read")) return "level";
  return hasScope(granted, "stock:availability") ? "availability" : undefined;
}

export const hasExpired = ({ tokenExpiresAt }: Pick<Holder, "tokenExpiresAt">, nowMs: number): boolean =>
  Date.parse(tokenExpiresAt) <= nowMs;
