import { type ProblemCode, problems, problemType } from "../../contract/problem.ts";
import { corsHeaders } from "./cors.ts";

interface GatewayAnswer {
  readonly code: ProblemCode;
  readonly detail: string;
  /** Set where the client should retry. */
  readonly retryAfterSeconds?: number;
}

const unauthorized = { code: "unauthorized", detail: "Send a valid token as Authorization: Bearer." } as const;
const unavailable = {
  code: "unavailable",
  detail: "The service did not answer in time or at all. Try again, with the same Idempotency-Key.",
  retryAfterSeconds: 1,
} as const;
const limited = { code: "rate_limited", detail: "Too many requests at once.", retryAfterSeconds: 1 } as const;
const invalid = { code: "validation_failed", detail: "The request could not be read." } as const;

/** The error responses of the gateway itself, with the contract's codes. https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
const answers: Readonly<Record<string, GatewayAnswer>> = {
  ACCESS_DENIED: { code: "forbidden", detail: "The token does not allow this." },
  API_CONFIGURATION_ERROR: unavailable,
  AUTHORIZER_CONFIGURATION_ERROR: unavailable,
  AUTHORIZER_FAILURE: unavailable,
  BAD_REQUEST_BODY: invalid,
  BAD_REQUEST_PARAMETERS: invalid,
  DEFAULT_4XX: invalid,
  DEFAULT_5XX: unavailable,
  EXPIRED_TOKEN: unauthorized,
  INTEGRATION_FAILURE: unavailable,
  INTEGRATION_TIMEOUT: unavailable,
  // The gateway sends this type for a path or method that does not exist.
  MISSING_AUTHENTICATION_TOKEN: { code: "not_found", detail: "No such path, or not with this method." },
  QUOTA_EXCEEDED: limited,
  REQUEST_TOO_LARGE: { code: "payload_too_large", detail: "The gateway takes bodies of up to 10 MB." },
  RESOURCE_NOT_FOUND: { code: "not_found", detail: "No such path." },
  THROTTLED: limited,
  UNAUTHORIZED: unauthorized,
  UNSUPPORTED_MEDIA_TYPE: invalid,
  // The stage's web ACL refused the request.
  WAF_FILTERED: { code: "forbidden", detail: "This address is not open. Use the service's own domain." },
};

/** Returns `x-amazon-apigateway-gateway-responses`: every error response of the gateway as problem+json. */
export function gatewayResponses(): Record<string, object> {
  return Object.fromEntries(Object.entries(answers).map(([type, answer]) => [type, gatewayResponse(answer)]));
}

function gatewayResponse({ code, detail, retryAfterSeconds }: GatewayAnswer): object {
  const { status, title } = problems[code];
  const headers: Record<string, string> = {
    ...corsHeaders,
    "Content-Type": "application/problem+json",
    "Cache-Control": "private, no-store",
    ...(status === 401 && { "WWW-Authenticate": "Bearer" }),
    ...(retryAfterSeconds !== undefined && { "Retry-After": `${retryAfterSeconds}` }),
  };
  return {
    statusCode: `${status}`,
    responseParameters: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [`gatewayresponse.header.${name}`, `'${value}'`]),
    ),
    responseTemplates: {
      // The gateway chooses a template by the client's Accept header. This one is its fallback.
      "application/json": JSON.stringify({
        type: problemType(code),
        title,
        status,
        code,
        detail,
        instance: "$context.path",
        ...(code === "validation_failed" && { errors: [] }),
      }),
    },
  };
}
