import type { APIGatewayProxyEvent } from "aws-lambda";
import type { z } from "zod";
import { IdempotencyKey } from "../../../contract/identifiers.ts";
import { limits } from "../../../contract/limits.ts";
import type { FieldError } from "../../../contract/problem.ts";
import type { Route } from "../../../contract/route.ts";
import { done, invalid, type Outcome, payloadTooLarge, type Refused } from "../../inventory/index.ts";
import { parseVersionTag } from "./entity-tag.ts";
import { fieldErrors, jsonPointer, plainName, textErrors } from "./field-errors.ts";
import type { RequestHeaders } from "./headers.ts";

/** The parsed parts of a request. The route's own schemas made the values; `admit` gives them the route's types. */
export interface ValidRequest {
  readonly parameters: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly ifMatch: number | undefined;
  readonly idempotencyKey: string | undefined;
}

type Part<Value> = { readonly value: Value; readonly errors: readonly FieldError[] };
const found = <Value>(value: Value): Part<Value> => ({ value, errors: [] });
const wrong = (...errors: readonly FieldError[]): Part<undefined> => ({ value: undefined, errors });

/**
 * Validates a request against the contract. Reports all violations together, but only the size of a body that is too
 * large.
 */
export function validateRequest(
  route: Route,
  event: APIGatewayProxyEvent,
  headers: RequestHeaders,
): Outcome<ValidRequest> {
  const bytes = bodyBytes(event);
  if (bytes.length > limits.bodyBytesMax) return payloadTooLarge(bytes.length, limits.bodyBytesMax);
  const parameters = parseParameters(route, event);
  const query = parseQuery(route, event);
  const body = parseBody(route, bytes, headers);
  const ifMatch = parseIfMatch(route, headers);
  const key = parseKey(route, headers);
  const errors = [parameters, query, body, ifMatch, key].flatMap((part) => part.errors);
  if (errors.length > 0) return invalid(errors);
  return done({
    parameters: parameters.value,
    query: query.value,
    body: body.value,
    ifMatch: ifMatch.value,
    idempotencyKey: key.value,
  });
}

/**
 * Returns the refusal for a body that a function finds invalid later, such as a merged patch that exceeds the bounds.
 */
export const bodyInvalid = (error: z.ZodError): Refused<"validation_failed"> =>
  invalid(fieldErrors(error, jsonPointer));

function bodyBytes(event: APIGatewayProxyEvent): Buffer {
  return Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
}

function parsePart(schema: z.ZodType, input: unknown, nameOf: (path: readonly PropertyKey[]) => string): Part<unknown> {
  const parsed = schema.safeParse(input);
  return parsed.success ? found(parsed.data) : wrong(...fieldErrors(parsed.error, nameOf));
}

function parseParameters(route: Route, event: APIGatewayProxyEvent): Part<unknown> {
  if (!route.parameters) return found(undefined);
  const given = Object.entries(event.pathParameters ?? {}).map(([name, value]) => [name, decoded(value ?? "")]);
  return parsePart(route.parameters, Object.fromEntries(given), plainName);
}

/** Decodes a path parameter, which the gateway passes on as it was sent. An undecodable one fails its schema later. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function parseQuery(route: Route, event: APIGatewayProxyEvent): Part<unknown> {
  const given = event.multiValueQueryStringParameters ?? {};
  const values: Record<string, string | undefined> = { ...event.queryStringParameters };
  const repeated: FieldError[] = [];
  for (const [name, all] of Object.entries(given)) {
    values[name] = all?.at(-1);
    if (all && all.length > 1) repeated.push({ path: name, message: `is given ${all.length} times, not once` });
  }
  if (!route.query) {
    return wrong(...Object.keys(values).map((path) => ({ path, message: "is not a known parameter" })));
  }
  const parsed = parsePart(route.query, values, plainName);
  return { value: parsed.value, errors: [...repeated, ...parsed.errors] };
}

/** Parses a body. An absent body counts as an empty object, so that commands without required fields need no body. */
function parseBody(route: Route, bytes: Buffer, headers: RequestHeaders): Part<unknown> {
  if (!route.body) return found(undefined);
  if (bytes.length === 0) return parsePart(route.body, {}, jsonPointer);
  const typeErrors = contentTypeErrors(route, headers);
  if (typeErrors.length > 0) return wrong(...typeErrors);
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    return wrong({ path: "", message: "is not JSON in UTF-8" });
  }
  const parsed = parsePart(route.body, value, jsonPointer);
  return { value: parsed.value, errors: [...parsed.errors, ...textErrors(text, value)] };
}

function contentTypeErrors(route: Route, headers: RequestHeaders): FieldError[] {
  const types = ["application/json", ...(route.bodyTypes ?? [])];
  const errors: FieldError[] = [];
  const [type = "", ...parameters] = (headers.get("content-type")?.join(",") ?? "").toLowerCase().split(";");
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith("charset="));
  if (!types.includes(type.trim())) errors.push({ path: "Content-Type", message: `must be ${types.join(" or ")}` });
  else if (charset && !/^charset="?utf-?8"?$/.test(charset)) {
    errors.push({ path: "Content-Type", message: "must be in UTF-8" });
  }
  const encoding = headers.get("content-encoding")?.join(",").toLowerCase() ?? "identity";
  if (encoding !== "identity") errors.push({ path: "Content-Encoding", message: "must be identity" });
  return errors;
}

/**
 * Parses `If-Match`. A command that does not support it refuses it: without the precondition the command could change
 * what the client wanted to protect.
 */
function parseIfMatch(route: Route, headers: RequestHeaders): Part<number | undefined> {
  const values = headers.get("if-match");
  if (!values || route.kind !== "command") return found(undefined);
  if (!route.ifMatch) return wrong({ path: "If-Match", message: "is not taken here" });
  const version = values.length === 1 ? parseVersionTag(values[0] ?? "") : undefined;
  if (version === undefined) return wrong({ path: "If-Match", message: 'must be one version, such as "5" or W/"5"' });
  return found(version);
}

function parseKey(route: Route, headers: RequestHeaders): Part<string | undefined> {
  const values = headers.get("idempotency-key");
  if (!values || !route.idempotencyKey) return found(undefined);
  if (values.length > 1) return wrong({ path: "Idempotency-Key", message: "is given more than once" });
  const parsed = IdempotencyKey.safeParse(values[0]);
  if (!parsed.success) return wrong({ path: "Idempotency-Key", message: "must be 1-128 visible ASCII characters" });
  return found(parsed.data);
}
