import type { APIGatewayProxyEvent } from "aws-lambda";

/** Header values by lower-case name. A REST API passes header names in the case that the client used. */
export type RequestHeaders = ReadonlyMap<string, readonly string[]>;

export function readHeaders(event: APIGatewayProxyEvent): RequestHeaders {
  const headers = new Map<string, string[]>();
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (value !== undefined) headers.set(name.toLowerCase(), [value]);
  }
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    if (values !== undefined) headers.set(name.toLowerCase(), values);
  }
  return headers;
}
