import { randomUUID } from "node:crypto";
import { requestTimeOf } from "../api-gateway/proxy-event.ts";
import { type GatewayRequest, headerOf, lastValues } from "../api-gateway/request.ts";
import type { Timers } from "../timers.ts";

/** What the gateway knows of a connection since its upgrade. */
export interface ConnectionFacts {
  readonly id: string;
  readonly apiId: string;
  readonly stage: string;
  readonly connectedAt: number;
  readonly upgrade: GatewayRequest;
  /** What the authorizer said about who connects. */
  readonly authorizer?: Readonly<Record<string, string>>;
}

export interface RequestFacts {
  readonly requestId: string;
  readonly now: number;
}

export function newRequestFacts(timers: Timers): RequestFacts {
  return { requestId: randomUUID(), now: timers.now() };
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html */
function requestContext(
  facts: ConnectionFacts,
  { requestId, now }: RequestFacts,
  more: Readonly<Record<string, unknown>>,
) {
  const { upgrade } = facts;
  return {
    ...more,
    extendedRequestId: requestId,
    requestTime: requestTimeOf(now),
    messageDirection: "IN",
    stage: facts.stage,
    connectedAt: facts.connectedAt,
    requestTimeEpoch: now,
    identity: { sourceIp: upgrade.sourceIp, userAgent: headerOf(upgrade.headers, "user-agent") ?? null },
    requestId,
    domainName: headerOf(upgrade.headers, "host") ?? "127.0.0.1",
    connectionId: facts.id,
    apiId: facts.apiId,
    ...(facts.authorizer && { authorizer: facts.authorizer }),
  };
}

/** Only the event of `$connect` has the headers and the query of the upgrade. */
export function connectEvent(facts: ConnectionFacts, request: RequestFacts) {
  const { headers, query } = facts.upgrade;
  return {
    headers: lastValues(headers),
    multiValueHeaders: headers,
    queryStringParameters: lastValues(query),
    multiValueQueryStringParameters: query,
    requestContext: requestContext(facts, request, { routeKey: "$connect", eventType: "CONNECT" }),
    isBase64Encoded: false,
  };
}

export function messageEvent(
  facts: ConnectionFacts,
  request: RequestFacts,
  message: { routeKey: string; body: string },
) {
  const more = { routeKey: message.routeKey, messageId: request.requestId, eventType: "MESSAGE" };
  return { requestContext: requestContext(facts, request, more), body: message.body, isBase64Encoded: false };
}

export function disconnectEvent(
  facts: ConnectionFacts,
  request: RequestFacts,
  close: { code: number; reason: string },
) {
  const more = {
    routeKey: "$disconnect",
    eventType: "DISCONNECT",
    disconnectStatusCode: close.code,
    disconnectReason: close.reason,
  };
  return { requestContext: requestContext(facts, request, more), isBase64Encoded: false };
}
