import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Route } from "../../../contract/route.ts";
import { hasScope } from "../../../contract/scope.ts";
import {
  type CommandContext,
  done,
  forbidden,
  type Idempotency,
  keyMissing,
  type Outcome,
  type Refused,
  rateLimited,
  unauthorized,
} from "../../inventory/index.ts";
import type { RateVerdict } from "../cache/rate-limiter.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import type { RequestHeaders } from "./headers.ts";
import type { Principal } from "./principal.ts";
import type { RouteRequest } from "./route-handlers.ts";
import { type ValidRequest, validateRequest } from "./validate.ts";

/** A request before any check. */
export interface Received {
  readonly event: APIGatewayProxyEvent;
  readonly headers: RequestHeaders;
  readonly requestId: string;
  readonly receivedAtMs: number;
  readonly principal: Principal | "expired" | undefined;
  /** Absent when the rate limiter does not answer. */
  readonly rate: RateVerdict | undefined;
}

/** The rules for the requests of one route. */
export interface Rules {
  readonly route: Route;
  /** Whether this deployment demands a token although the route is public. */
  readonly needsToken: boolean;
  /** The function's own checks that need no table. */
  readonly check: ((request: RouteRequest<Route>) => Refused | undefined) | undefined;
}

/**
 * Checks a request in the contract's order of errors: token, scope, rate limit, size, shape, the function's own checks,
 * Idempotency-Key. Errors that need a table come later, from the route's handler.
 */
export function admit(received: Received, { route, needsToken, check }: Rules): Outcome<RouteRequest<Route>> {
  const { event, headers, requestId, receivedAtMs, rate } = received;
  const known = authenticate(route, received.principal, needsToken);
  if (known.kind === "refused") return known;
  if (rate && !rate.allowed) return rateLimited(route.rateLimit, rate.retryAfterSeconds);
  const checked = validateRequest(route, event, headers);
  if (checked.kind === "refused") return checked;
  const valid = checked.value;
  const principal = known.value;
  const context: CommandContext = {
    requestId,
    actor: principal?.subject ?? "anonymous",
    receivedAtMs,
    ...(principal && valid.idempotencyKey !== undefined && { idempotency: idempotencyOf(route, principal, valid) }),
  };
  // The route's own schemas made these values, and `authenticate` guarantees the principal where the route needs one.
  const request = { ...valid, principal, context } as unknown as RouteRequest<Route>;
  const refused = check?.(request);
  if (refused) return refused;
  return route.idempotencyKey && valid.idempotencyKey === undefined ? keyMissing() : done(request);
}

const tokenMissing = "Send a token: Authorization: Bearer <JWT>.";

function authenticate(
  route: Route,
  principal: Received["principal"],
  needsToken: boolean,
): Outcome<Principal | undefined> {
  if (principal === "expired") return unauthorized("The token has expired. Get a new one.");
  if (route.access.kind === "public") return needsToken && !principal ? unauthorized(tokenMissing) : done(principal);
  if (!principal) return unauthorized(tokenMissing);
  return hasScope(principal.scopes, route.access.scope) ? done(principal) : forbidden(route.access.scope);
}

function idempotencyOf(route: Route, principal: Principal, valid: ValidRequest): Idempotency {
  const parameters = (valid.parameters ?? {}) as Readonly<Record<string, string>>;
  return {
    client: principal.client,
    subject: principal.subject,
    method: route.method,
    // Made from the parsed parameters, so that two encodings of one path give the same path.
    path: route.path.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? ""),
    key: valid.idempotencyKey ?? "",
    bodyHash: sha256(canonicalJson(valid.body)),
  };
}
