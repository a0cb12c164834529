import { requestTimeOf } from "../api-gateway/proxy-event.ts";
import { type GatewayRequest, headerOf, lastValues } from "../api-gateway/request.ts";

/** What is known of a connection from its upgrade on. */
export interface ConnectionFacts {
  readonly id: string;
  readonly apiId: string;
  readonly stage: string;
  readonly connectedAt: number;
  readonly upgrade: GatewayRequest;
  /** What the authorizer said of who connects. */
  readonly authorizer?: Readonly<Record<string, string>>;
}

interface Moment {
  readonly requestId: string;
  readonly now: number;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html */
function requestContext(facts: ConnectionFacts, { requestId, now }: Moment, more: Readonly<Record<string, unknown>>) {
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

/** With what the upgrade brought: headers and query are there at `$connect` alone. */
export function connectEvent(facts: ConnectionFacts, moment: Moment) {
  const { headers, query } = facts.upgrade;
  return {
    headers: lastValues(headers),
    multiValueHeaders: headers,
    queryStringParameters: lastValues(query),
    multiValueQueryStringParameters: query,
    requestContext: requestContext(facts, moment, { routeKey: "$connect", eventType: "CONNECT" }),
    isBase64Encoded: false,
  };
}

export function messageEvent(facts: ConnectionFacts, moment: Moment, message: { routeKey: string; body: string }) {
  const more = { routeKey: message.routeKey, messageId: moment.requestId, eventType: "MESSAGE" };
  return { requestContext: requestContext(facts, moment, more), body: message.body, isBase64Encoded: false };
}

export function disconnectEvent(facts: ConnectionFacts, moment: Moment, close: { code: number; reason: string }) {
  const more = {
    routeKey: "$disconnect",
    eventType: "DISCONNECT",
    disconnectStatusCode: close.code,
    disconnectReason: close.reason,
  };
  return { requestContext: requestContext(facts, moment, more), isBase64Encoded: false };
}
