import type { APIGatewayProxyEvent } from "aws-lambda";
import { z } from "zod";
import type { Clock } from "../../inventory/index.ts";

/** Who sends a request, according to the authorizer. */
export interface Principal {
  readonly subject: string;
  readonly client: string;
  readonly scopes: ReadonlySet<string>;
  /** When the token expires, in epoch seconds. */
  readonly expiresAtSeconds: number;
}

const Authorized = z.object({
  sub: z.string().min(1),
  client: z.string().min(1),
  scope: z.string(),
  exp: z.coerce.number(),
});

/**
 * Reads the authorizer's context. Returns undefined when there is none (public routes), and "expired" when the token
 * has expired: the gateway can cache an authorization for longer than the token is valid.
 */
export function readPrincipal(event: APIGatewayProxyEvent, clock: Clock): Principal | "expired" | undefined {
  const parsed = Authorized.safeParse(event.requestContext.authorizer ?? {});
  if (!parsed.success) return undefined;
  const { sub, client, scope, exp } = parsed.data;
  if (exp * 1_000 <= clock()) return "expired";
  const scopes = new Set(scope.split(" ").filter((name) => name !== ""));
  return { subject: sub, client, scopes, expiresAtSeconds: exp };
}
