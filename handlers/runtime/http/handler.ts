import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { ProblemCode, Refusal } from "../../../contract/problem.ts";
import type { Route } from "../../../contract/route.ts";
import { type Operation, type RestFunction, routes } from "../../../contract/routes.ts";
import { hasScope } from "../../../contract/scope.ts";
import { type Clock, type CommandContext, type Idempotency, type Ids, RefusalError } from "../../inventory/index.ts";
import type { RateLimiter, RateVerdict } from "../cache/rate-limiter.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import type { Log } from "../observability/log.ts";
import type { Meter } from "../observability/meter.ts";
import { readHeaders } from "./headers.ts";
import { type Principal, readPrincipal } from "./principal.ts";
import { rateHeaders, rateRefusal } from "./rate-limit.ts";
import { type Rendering, renderAnswer, renderProblem } from "./render.ts";
import type { Answer, Checks, Refused, RouteHandlers, RouteRequest } from "./route-handlers.ts";
import { type ValidRequest, validateRequest } from "./validate.ts";
import { viewerAddress } from "./viewer-address.ts";

export interface HttpOptions<Function extends RestFunction> {
  readonly function: Function;
  readonly routes: RouteHandlers<Function>;
  readonly checks?: Checks<Function>;
  /** Public routes that need a token in this deployment; any accepted token will do. */
  readonly needsToken?: (operation: Operation) => boolean;
  /** @default nobody is limited */
  readonly rateLimiter?: RateLimiter;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly meter: Meter;
}

export type HttpHandler = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

/** What the adapter calls once the route is known; each entry was checked against its own route's type by `RouteHandlers`. */
interface Served {
  readonly operation: Operation;
  readonly route: Route;
  readonly serve: (request: RouteRequest<Route>) => Promise<Answer<Route> | Refused>;
  readonly check: ((request: RouteRequest<Route>) => Refusal | undefined) | undefined;
}

const unavailable: Refusal = {
  code: "unavailable",
  detail: "The service could not answer in time. Repeat the request, with the same Idempotency-Key where it has one.",
};

/** Serves a function's share of the route table behind an API Gateway REST API (proxy integration, payload 1.0). */
export function createHttpHandler<Function extends RestFunction>(options: HttpOptions<Function>): HttpHandler {
  const served = tableOf(options);
  return async (event) => {
    const receivedAtMs = options.clock();
    const rendering: Rendering = {
      requestId: event.requestContext.requestId || options.ids(),
      instance: event.requestContext.path || event.path,
      headers: readHeaders(event),
    };
    const entry = served.get(`${event.httpMethod} ${event.resource}`);
    const principal = readPrincipal(event, options.clock);
    const limit = entry?.route.rateLimit ?? "read";
    const rate = await options.rateLimiter?.take(limitedAs(event, principal), limit);
    const request: Received = { event, rendering, receivedAtMs, principal, rate };
    const { result, outcome } = entry
      ? await answerOf(entry, request, options)
      : problem({ code: "not_found", detail: `There is no ${event.httpMethod} ${event.path}.` }, rendering);
    const durationMs = options.clock() - receivedAtMs;
    options.log.info("answered", {
      correlation_id: rendering.requestId,
      ...clientsId(rendering),
      operation: entry?.operation,
      parameters: event.pathParameters ?? undefined,
      status: result.statusCode,
      outcome,
      durationMs,
    });
    measure(options.meter, { entry, outcome, status: result.statusCode, durationMs });
    return rate ? { ...result, headers: { ...result.headers, ...rateHeaders(limit, rate) } } : result;
  };
}

/** A request before anything of it was checked. */
interface Received {
  readonly event: APIGatewayProxyEvent;
  readonly rendering: Rendering;
  readonly receivedAtMs: number;
  readonly principal: Principal | "expired" | undefined;
  /** Absent while the limiter does not answer. */
  readonly rate: RateVerdict | undefined;
}

/** Who a request counts for: the client of its token, or the address that it comes from. */
function limitedAs(event: APIGatewayProxyEvent, principal: Received["principal"]): string {
  if (principal === undefined || principal === "expired") return `address:${viewerAddress(event)}`;
  return `client:${principal.client}`;
}

function tableOf<Function extends RestFunction>(options: HttpOptions<Function>): ReadonlyMap<string, Served> {
  const mine = (Object.keys(routes) as Operation[]).filter((operation) => operation in options.routes);
  return new Map(
    mine.map((operation) => {
      const route: Route = routes[operation];
      // The key ties route, operation and check together; a mapped type cannot follow it through a loop.
      const serve = options.routes[operation as keyof RouteHandlers<Function>] as unknown as Served["serve"];
      const check = options.checks?.[operation as keyof Checks<Function>] as unknown as Served["check"];
      return [`${route.method} ${route.path}`, { operation, route, serve, check }];
    }),
  );
}

interface Answered {
  readonly result: APIGatewayProxyResult;
  readonly outcome: "done" | "replayed" | ProblemCode;
}

async function answerOf<Function extends RestFunction>(
  entry: Served,
  request: Received,
  options: HttpOptions<Function>,
): Promise<Answered> {
  const { rendering } = request;
  try {
    const answer = await decide(entry, request, options);
    if ("refusal" in answer) return problem(answer.refusal, rendering);
    const result = renderAnswer(answer, entry.route, rendering);
    return { result, outcome: answer.replayed ? "replayed" : "done" };
  } catch (error) {
    if (error instanceof RefusalError) return problem(error.refusal, rendering);
    const about = { correlation_id: rendering.requestId, operation: entry.operation };
    options.log.error("unexpected error", { ...about, error });
    return problem(unavailable, rendering);
  }
}

const problem = (refusal: Refusal, rendering: Rendering): Answered => ({
  result: renderProblem(refusal, rendering),
  outcome: refusal.code,
});

interface Measured extends Pick<Answered, "outcome"> {
  readonly entry: Served | undefined;
  readonly status: number;
  readonly durationMs: number;
}

/** Commands by what they were and came to; of reads, which the gateway counts, only what was refused. */
function measure(meter: Meter, { entry, outcome, status, durationMs }: Measured): void {
  const answered = outcome === "done" || outcome === "replayed";
  if (!answered) meter.measure("Refusals", 1, { code: outcome });
  if (entry?.route.kind !== "command") return;
  const kind = status >= 500 ? "unavailable" : "refused";
  meter.measure("CommandDuration", durationMs, {
    operation: entry.operation,
    outcome: answered ? outcome : kind,
  });
}

/** The contract's order of errors: token, scope, rate, size, shape, key; what needs a table comes after. */
async function decide<Function extends RestFunction>(
  entry: Served,
  { event, rendering, receivedAtMs, principal, rate }: Received,
  options: HttpOptions<Function>,
): Promise<Answer<Route> | Refused> {
  const { operation, route } = entry;
  const refusal = accessRefusal(route, principal, options.needsToken?.(operation) ?? false);
  if (refusal || principal === "expired") return { kind: "refused", refusal: refusal ?? expired };
  if (rate && !rate.allowed) return { kind: "refused", refusal: rateRefusal(route.rateLimit, rate) };
  const valid = validateRequest(route, event, rendering.headers);
  if ("code" in valid) return { kind: "refused", refusal: valid };
  const context: CommandContext = {
    requestId: rendering.requestId,
    actor: principal?.subject ?? "anonymous",
    receivedAtMs,
    ...(principal && valid.idempotencyKey !== undefined && { idempotency: idempotencyOf(route, principal, valid) }),
  };
  // The route's own schemas made these values, and `accessRefusal` guarantees the principal where the route needs one.
  const request = { ...valid, principal, context } as unknown as RouteRequest<Route>;
  const checked = entry.check?.(request);
  if (checked) return { kind: "refused", refusal: checked };
  if (route.idempotencyKey && valid.idempotencyKey === undefined) return { kind: "refused", refusal: keyMissing };
  return entry.serve(request);
}

const expired: Refusal = { code: "unauthorized", detail: "The token has expired. Get a new one." };
const tokenMissing: Refusal = { code: "unauthorized", detail: "Send a token: Authorization: Bearer <JWT>." };
const keyMissing: Refusal = {
  code: "idempotency_key_missing",
  detail: "Send an Idempotency-Key of 1-128 visible ASCII characters, and the same one when the request is repeated.",
};

function accessRefusal(
  route: Route,
  principal: Principal | "expired" | undefined,
  needsToken: boolean,
): Refusal | undefined {
  if (principal === "expired") return expired;
  if (route.access.kind === "public") return needsToken && !principal ? tokenMissing : undefined;
  if (!principal) return tokenMissing;
  if (hasScope(principal.scopes, route.access.scope)) return undefined;
  const requiredScope = route.access.scope;
  return { code: "forbidden", detail: `The token lacks the scope ${requiredScope}.`, requiredScope };
}

function idempotencyOf(route: Route, principal: Principal, valid: ValidRequest): Idempotency {
  const parameters = (valid.parameters ?? {}) as Readonly<Record<string, string>>;
  return {
    client: principal.client,
    subject: principal.subject,
    method: route.method,
    // From the parsed parameters, so that two spellings of one path are one path.
    path: route.path.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? ""),
    key: valid.idempotencyKey ?? "",
    bodyHash: sha256(canonicalJson(valid.body)),
  };
}

/** What a client calls the request, beside the id by which all functions know it. */
function clientsId({ headers }: Rendering) {
  const given = headers.get("x-correlation-id")?.[0];
  return given !== undefined && /^[\x21-\x7e]{1,128}$/.test(given) ? { client_correlation_id: given } : {};
}
