import type { APIGatewayProxyEvent } from "aws-lambda";
import { readHeaders } from "./headers.ts";

/**
 * Returns the address that a request comes from. The edge appends the viewer's address to `X-Forwarded-For`. The
 * gateway sees only the edge, and appends the edge's address. Every request passes the edge, so the last but one
 * address is correct, even if the viewer sent addresses before it.
 */
export function viewerAddress(event: APIGatewayProxyEvent): string | undefined {
  const passed = readHeaders(event).get("x-forwarded-for")?.join(",").split(",") ?? [];
  return passed.at(-2)?.trim() || event.requestContext.identity?.sourceIp;
}
