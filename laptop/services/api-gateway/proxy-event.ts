import { type GatewayRequest, headerOf, lastValues, type MultiValues } from "./request.ts";
import type { RouteMatch } from "./router.ts";

export interface ApiFacts {
  readonly apiId: string;
  readonly accountId: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly binaryMediaTypes: readonly string[];
}

/** What an authorizer said about the caller. */
export type AuthorizerContext = Readonly<Record<string, string>>;

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Such as `24/Nov/2026:09:30:00 +0000`. */
export function requestTimeOf(atMs: number): string {
  const at = new Date(atMs);
  const day = String(at.getUTCDate()).padStart(2, "0");
  return `${day}/${months[at.getUTCMonth()]}/${at.getUTCFullYear()}:${at.toISOString().slice(11, 19)} +0000`;
}

/** `requestContext` of an event; `$context` variables of gateway responses come from it too. */
export function requestContext(options: {
  request: GatewayRequest;
  match?: RouteMatch;
  facts: ApiFacts;
  authorizer?: AuthorizerContext;
}) {
  const { request, match, facts, authorizer } = options;
  return {
    accountId: facts.accountId,
    apiId: facts.apiId,
    ...(authorizer ? { authorizer } : {}),
    domainName: headerOf(request.headers, "host") ?? "127.0.0.1",
    domainPrefix: facts.apiId,
    extendedRequestId: request.requestId,
    httpMethod: request.method,
    identity: identityOf(request),
    path: request.fullPath,
    protocol: "HTTP/1.1",
    requestId: request.requestId,
    requestTime: requestTimeOf(request.receivedAt),
    requestTimeEpoch: request.receivedAt,
    resourceId: match ? resourceId(match.route.path) : null,
    resourcePath: match?.route.path ?? null,
    stage: request.stage,
  };
}

/** Payload format 1.0 of a Lambda proxy integration. */
export function proxyEvent(options: {
  request: GatewayRequest;
  match: RouteMatch;
  facts: ApiFacts;
  authorizer?: AuthorizerContext;
}) {
  const { request, match, facts } = options;
  const binary = isBinary(facts.binaryMediaTypes, headerOf(request.headers, "content-type"));
  return {
    resource: match.route.path,
    path: request.path,
    httpMethod: request.method,
    headers: lastValues(request.headers),
    multiValueHeaders: request.headers,
    queryStringParameters: orNull(lastValues(request.query)),
    multiValueQueryStringParameters: orNull<MultiValues>(request.query),
    pathParameters: orNull(match.parameters),
    stageVariables: orNull(facts.stageVariables),
    requestContext: requestContext(options),
    body: request.body.length === 0 ? null : request.body.toString(binary ? "base64" : "utf8"),
    isBase64Encoded: request.body.length > 0 && binary,
  };
}

/** Whether a media type is one of the API's binary types; `*` + `/*` means all types. */
export function isBinary(binaryMediaTypes: readonly string[], header: string | undefined): boolean {
  if (binaryMediaTypes.includes("*/*")) return true;
  const type = header?.split(/[;,]/)[0]?.trim().toLowerCase();
  return binaryMediaTypes.some((known) => known.toLowerCase() === type);
}

function identityOf(request: GatewayRequest) {
  return {
    accessKey: null,
    accountId: null,
    caller: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp: request.sourceIp,
    user: null,
    userAgent: headerOf(request.headers, "user-agent") ?? null,
    userArn: null,
  };
}

function resourceId(path: string): string {
  let hash = 7;
  for (const character of path) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 2 ** 31;
  return hash.toString(36).padStart(6, "0");
}

function orNull<Values extends object>(values: Values): Values | null {
  return Object.keys(values).length === 0 ? null : values;
}
