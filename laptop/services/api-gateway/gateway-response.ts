import type { GatewayResponse } from "./definition.ts";
import { headerOf, type MultiValues } from "./request.ts";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
const defaults = {
  ACCESS_DENIED: {
    status: 403,
    message: "User is not authorized to access this resource",
    errorType: "AccessDeniedException",
  },
  AUTHORIZER_CONFIGURATION_ERROR: {
    status: 500,
    message: "Internal server error",
    errorType: "AuthorizerConfigurationException",
  },
  AUTHORIZER_FAILURE: { status: 500, message: "Internal server error", errorType: "AuthorizerFailureException" },
  API_CONFIGURATION_ERROR: { status: 500, message: "Internal server error", errorType: "InternalServerErrorException" },
  BAD_REQUEST_BODY: { status: 400, message: "Invalid request body", errorType: "BadRequestException" },
  INTEGRATION_FAILURE: { status: 502, message: "Internal server error", errorType: "InternalServerErrorException" },
  INTEGRATION_TIMEOUT: {
    status: 504,
    message: "Endpoint request timed out",
    errorType: "InternalServerErrorException",
  },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    message: "Missing Authentication Token",
    errorType: "MissingAuthenticationTokenException",
  },
  REQUEST_TOO_LARGE: { status: 413, message: "Request Too Long", errorType: "RequestEntityTooLargeException" },
  THROTTLED: { status: 429, message: "Too Many Requests", errorType: "TooManyRequestsException" },
  WAF_FILTERED: { status: 403, message: "Forbidden", errorType: "ForbiddenException" },
  UNAUTHORIZED: { status: 401, message: "Unauthorized", errorType: "UnauthorizedException" },
} as const satisfies Record<string, { status: number; message: string; errorType: string }>;

export type GatewayResponseType = keyof typeof defaults;

/** Why the gateway gives an answer of its own instead of the integration's. */
export interface GatewayRefusal {
  readonly type: GatewayResponseType;
  /** @default the type's own */
  readonly message?: string;
  /** What happened, for the log. Callers do not see it. */
  readonly detail?: string;
}

/** The values of `$context.*`, `$stageVariables.*` and `method.request.*`. */
export interface TemplateInput {
  readonly context: Readonly<Record<string, unknown>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly headers: MultiValues;
  readonly query: MultiValues;
  readonly pathParameters: Readonly<Record<string, string>>;
}

export interface RenderedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const defaultTemplates = { "application/json": '{"message":$context.error.messageString}' };

export function renderGatewayResponse(options: {
  refusal: GatewayRefusal;
  responses: ReadonlyMap<string, GatewayResponse>;
  input: TemplateInput;
}): RenderedResponse {
  const { refusal, responses } = options;
  const known = defaults[refusal.type];
  const response = responses.get(refusal.type) ?? responses.get(known.status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX");
  const message = refusal.message ?? known.message;
  const error = {
    message,
    messageString: JSON.stringify(message),
    responseType: refusal.type,
    validationErrorString: "",
  };
  const input = { ...options.input, context: { ...options.input.context, error } };
  const templates = Object.keys(response?.templates ?? {}).length > 0 ? (response?.templates ?? {}) : defaultTemplates;
  const [contentType, template] = chooseTemplate(templates, headerOf(input.headers, "accept"));
  return {
    status: response?.statusCode ?? known.status,
    headers: {
      "Content-Type": contentType,
      "x-amzn-ErrorType": known.errorType,
      ...renderHeaders(response?.parameters ?? {}, input),
    },
    body: renderTemplate(template, input),
  };
}

function chooseTemplate(templates: Readonly<Record<string, string>>, accept: string | undefined): [string, string] {
  const wanted = accept?.split(",").map((range) => range.split(";")[0]?.trim() ?? "") ?? [];
  const type = [...wanted, "application/json"].find((candidate) => templates[candidate] !== undefined);
  const [[firstType = "application/json", firstTemplate = ""] = []] = Object.entries(templates);
  return type === undefined ? [firstType, firstTemplate] : [type, templates[type] ?? ""];
}

/** Templates of gateway responses have variables and no logic. A variable without a value becomes an empty text. */
export function renderTemplate(template: string, input: TemplateInput): string {
  return template.replaceAll(
    /\$(context|stageVariables)\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_-]+)*)/g,
    (_, root: string, path: string) =>
      root === "context" ? valueAt(input.context, path) : (input.stageVariables[path] ?? ""),
  );
}

function renderHeaders(parameters: Readonly<Record<string, string>>, input: TemplateInput): Record<string, string> {
  const prefix = "gatewayresponse.header.";
  return Object.fromEntries(
    Object.entries(parameters)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), renderParameter(value, input)]),
  );
}

/** A parameter is `'a fixed text'`, or names the part of the request that has the value. */
function renderParameter(value: string, input: TemplateInput): string {
  const fixed = /^'(.*)'$/s.exec(value);
  if (fixed) return fixed[1] ?? "";
  const [, place, name = ""] = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(value) ?? [];
  if (place === "header") return headerOf(input.headers, name) ?? "";
  if (place === "querystring") return input.query[name]?.at(-1) ?? "";
  if (place === "path") return input.pathParameters[name] ?? "";
  return renderTemplate(`$${value.replace(/^\$/, "")}`, input);
}

function valueAt(root: unknown, path: string): string {
  let value = root;
  for (const name of path.split(".")) {
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  }
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
