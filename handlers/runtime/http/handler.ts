import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { RateLimitName } from "../../../contract/rate-limit.ts";
import type { Route } from "../../../contract/route.ts";
import { type Operation, type RestFunction, routes } from "../../../contract/routes.ts";
import { type Clock, DeadlineError, type Ids, notFound, type Outcome, unavailable } from "../../inventory/index.ts";
import type { RateLimiter } from "../cache/rate-limiter.ts";
import type { Log } from "../observability/log.ts";
import type { Meter } from "../observability/meter.ts";
import { admit, type Received, type Rules } from "./admission.ts";
import { readHeaders } from "./headers.ts";
import { readPrincipal } from "./principal.ts";
import { rateHeaders } from "./rate-limit.ts";
import { renderOutcome } from "./render.ts";
import type { Answer, Checks, RouteHandlers, RouteRequest } from "./route-handlers.ts";
import { viewerAddress } from "./viewer-address.ts";

export interface HttpOptions<Function extends RestFunction> {
  readonly function: Function;
  readonly routes: RouteHandlers<Function>;
  readonly checks?: Checks<Function>;
  /** Returns whether a public route needs a token in this deployment; any valid token is enough. */
  readonly needsToken?: (operation: Operation) => boolean;
  /** @default no rate limits */
  readonly rateLimiter?: RateLimiter;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly meter: Meter;
}

export type HttpHandler = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

/** A route of this function with its handler. `RouteHandlers` has checked each handler against its own route's type. */
interface Served extends Rules {
  readonly operation: Operation;
  readonly serve: (request: RouteRequest<Route>) => Promise<Outcome<Answer<Route>>>;
}

/** Creates the handler of a function's routes behind an API Gateway REST API (proxy integration, payload 1.0). */
export function createHttpHandler<Function extends RestFunction>(options: HttpOptions<Function>): HttpHandler {
  const served = tableOf(options);
  return async (event) => {
    const entry = served.get(`${event.httpMethod} ${event.resource}`);
    const limit = entry?.route.rateLimit ?? "read";
    const received = await receive(event, limit, options);
    const outcome = await answer(entry, received, options);
    const result = renderOutcome(outcome, entry?.route, received);
    report(options, { entry, received, outcome, status: result.statusCode });
    const { rate } = received;
    return rate ? { ...result, headers: { ...result.headers, ...rateHeaders(limit, rate) } } : result;
  };
}

function tableOf<Function extends RestFunction>(options: HttpOptions<Function>): ReadonlyMap<string, Served> {
  const served = (Object.keys(routes) as Operation[]).filter((operation) => operation in options.routes);
  return new Map(
    served.map((operation) => {
      const route: Route = routes[operation];
      // Route, handler and check have the same key, but TypeScript cannot follow a mapped type through a loop.
      const serve = options.routes[operation as keyof RouteHandlers<Function>] as unknown as Served["serve"];
      const check = options.checks?.[operation as keyof Checks<Function>] as unknown as Served["check"];
      const needsToken = options.needsToken?.(operation) ?? false;
      return [`${route.method} ${route.path}`, { operation, route, serve, check, needsToken }];
    }),
  );
}

type ReceivePorts = Pick<HttpOptions<RestFunction>, "clock" | "ids" | "rateLimiter">;

async function receive(event: APIGatewayProxyEvent, limit: RateLimitName, ports: ReceivePorts): Promise<Received> {
  const receivedAtMs = ports.clock();
  const principal = readPrincipal(event, ports.clock);
  return {
    event,
    headers: readHeaders(event),
    requestId: event.requestContext.requestId || ports.ids(),
    receivedAtMs,
    principal,
    rate: await ports.rateLimiter?.take(limitedAs(event, principal), limit),
  };
}

/** Returns whose rate limit the request counts against: the client of its token, or the address that it comes from. */
function limitedAs(event: APIGatewayProxyEvent, principal: Received["principal"]): string {
  if (principal === undefined || principal === "expired") return `address:${viewerAddress(event)}`;
  return `client:${principal.client}`;
}

/**
 * Checks and serves a request. This is the only place that turns a thrown error into a refusal: a `DeadlineError`, and
 * any unexpected error.
 */
async function answer(
  entry: Served | undefined,
  received: Received,
  { log }: { readonly log: Log },
): Promise<Outcome<Answer<Route>>> {
  if (!entry) return notFound(`${received.event.httpMethod} ${received.event.path}`);
  try {
    const admitted = admit(received, entry);
    return admitted.kind === "refused" ? admitted : await entry.serve(admitted.value);
  } catch (error) {
    if (error instanceof DeadlineError) return unavailable(error.message);
    log.error("unexpected error", { correlation_id: received.requestId, operation: entry.operation, error });
    return unavailable("The service could not answer in time.");
  }
}

interface Reported {
  readonly entry: Served | undefined;
  readonly received: Received;
  readonly outcome: Outcome<unknown>;
  readonly status: number;
}

/**
 * Writes one log line for each request. Counts every refusal by its code, and measures the duration of commands by
 * operation and outcome.
 */
function report(
  { clock, log, meter }: Pick<HttpOptions<RestFunction>, "clock" | "log" | "meter">,
  { entry, received, outcome, status }: Reported,
): void {
  const durationMs = clock() - received.receivedAtMs;
  const code = outcome.kind === "refused" ? outcome.refusal.code : undefined;
  const result = outcome.kind === "done" && outcome.replayed ? "replayed" : (code ?? "done");
  log.info("answered", {
    correlation_id: received.requestId,
    ...clientsId(received),
    operation: entry?.operation,
    parameters: received.event.pathParameters ?? undefined,
    status,
    outcome: result,
    durationMs,
  });
  if (code !== undefined) meter.measure("Refusals", 1, { code });
  if (entry?.route.kind !== "command") return;
  const refusedAs = status >= 500 ? "unavailable" : "refused";
  meter.measure("CommandDuration", durationMs, {
    operation: entry.operation,
    outcome: code === undefined ? result : refusedAs,
  });
}

/** Returns the client's own correlation id for the log line, beside the request id that all functions use. */
function clientsId({ headers }: Received) {
  const given = headers.get("x-correlation-id")?.[0];
  return given !== undefined && /^[\x21-\x7e]{1,128}$/.test(given) ? { client_correlation_id: given } : {};
}
