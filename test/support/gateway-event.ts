import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Route } from "../../contract/route.ts";
import { type Operation, routes } from "../../contract/routes.ts";
import type { HttpHandler, Log } from "../../handlers/runtime/index.ts";

export interface Token {
  readonly sub?: string;
  readonly client?: string;
  readonly scope: string;
  /** Epoch seconds. @default far away */
  readonly exp?: number;
}

export interface GatewayRequest {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text. */
  readonly body?: unknown;
  /** Absent: no caller, as on a public route without Authorization. */
  readonly token?: Token;
}

/** Returns what API Gateway passes to a function for a route (REST proxy integration, payload 1.0). */
export function gatewayEvent(operation: Operation, request: GatewayRequest = {}): APIGatewayProxyEvent {
  const route: Route = routes[operation];
  const { parameters, token, body } = request;
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => parameters?.[name] ?? "");
  const headers = { ...(body !== undefined && { "Content-Type": "application/json" }), ...request.headers };
  const multiple = Object.entries(request.query ?? {}).map(([name, value]) => [name, [value].flat()] as const);
  const authorizer = token && {
    principalId: token.sub ?? "ada",
    sub: token.sub ?? "ada",
    client: token.client ?? "shop",
    scope: token.scope,
    exp: String(token.exp ?? 4_102_444_800),
  };
  const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  return {
    resource: route.path,
    path,
    httpMethod: route.method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: Object.fromEntries(multiple.map(([name, values]) => [name, values.at(-1) ?? ""])),
    multiValueQueryStringParameters: Object.fromEntries(multiple.map(([name, values]) => [name, [...values]])),
    pathParameters: { ...parameters },
    stageVariables: null,
    body: text ?? null,
    isBase64Encoded: false,
    requestContext: {
      requestId: crypto.randomUUID(),
      path: `/v1${path}`,
      ...(authorizer && { authorizer }),
      // Members that no function reads are left out.
    } as APIGatewayProxyEvent["requestContext"],
  };
}

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests compare whole bodies, and then read their members.
  readonly body: any;
}

/** Sends a request straight to a function's handler. */
export async function send(
  handler: HttpHandler,
  operation: Operation,
  request: GatewayRequest = {},
): Promise<GatewayAnswer> {
  return answerOf(await handler(gatewayEvent(operation, request)));
}

export function answerOf(result: Awaited<ReturnType<HttpHandler>>): GatewayAnswer {
  const headers = Object.entries(result.headers ?? {}).map(([name, value]) => [name, String(value)]);
  const json = headers.some(([name, value]) => name === "Content-Type" && value?.includes("json"));
  return {
    status: result.statusCode,
    headers: Object.fromEntries(headers),
    body: json ? JSON.parse(result.body) : result.body,
  };
}

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Returns a log that keeps its lines. */
export function recordingLog(): Log & { readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const keep =
    (level: LogLine["level"]) =>
    (message: string, fields: object = {}) => {
      lines.push({ level, message, fields: { ...fields } });
    };
  return { lines, debug: keep("debug"), info: keep("info"), warn: keep("warn"), error: keep("error") };
}
