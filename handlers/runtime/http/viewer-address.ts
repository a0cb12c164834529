import type { APIGatewayProxyEvent } from "aws-lambda";
import { readHeaders } from "./headers.ts";

/**
 * Where a request came from. The gateway itself sees the edge alone, and appends its address to the `X-Forwarded-For` to
 * which the edge had appended the viewer's. Nobody comes around the edge, so the last but one is true, whatever a viewer
 * put before it.
 */
export function viewerAddress(event: APIGatewayProxyEvent): string | undefined {
  const passed = readHeaders(event).get("x-forwarded-for")?.join(",").split(",") ?? [];
  return passed.at(-2)?.trim() || event.requestContext.identity?.sourceIp;
}
