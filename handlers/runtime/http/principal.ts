import type { APIGatewayProxyEvent } from "aws-lambda";
import { z } from "zod";
import type { Clock } from "../../inventory/index.ts";

/** Who sends a request, as the authorizer found it. */
export interface Principal {
  readonly subject: string;
  readonly client: string;
  readonly scopes: ReadonlySet<string>;
  /** When the token's time is over. */
  readonly expiresAtSeconds: number;
}

const Authorized = z.object({
  sub: z.string().min(1),
  client: z.string().min(1),
  scope: z.string(),
  exp: z.coerce.number(),
});

/**
 * The authorizer's context; undefined when there is none (public routes) and "expired" when the token's time is over:
 * the gateway caches an authorization for longer than a token may live.
 */
export function readPrincipal(event: APIGatewayProxyEvent, clock: Clock): Principal | "expired" | undefined {
  const parsed = Authorized.safeParse(event.requestContext.authorizer ?? {});
  if (!parsed.success) return undefined;
  const { sub, client, scope, exp } = parsed.data;
  if (exp * 1_000 <= clock()) return "expired";
  const scopes = new Set(scope.split(" ").filter((name) => name !== ""));
  return { subject: sub, client, scopes, expiresAtSeconds: exp };
}
