import { z } from "zod";
import { type InvocationResult, LambdaError, type LambdaService } from "../lambda/lambda-service.ts";
import type { Timers } from "../timers.ts";
import type { Authorizer } from "./definition.ts";
import type { Refusal } from "./gateway-response.ts";
import { decide, Policy } from "./policy.ts";
import { type ApiFacts, type AuthorizerContext, proxyEvent, requestContext } from "./proxy-event.ts";
import { type GatewayRequest, headerOf } from "./request.ts";
import type { Found } from "./router.ts";

export type Authorized = { readonly context: AuthorizerContext } | { readonly refusal: Refusal };

const Answer = z.looseObject({
  principalId: z.string(),
  policyDocument: Policy,
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
});
type Answer = z.output<typeof Answer>;

type Asked = { readonly answer: Answer } | { readonly refusal: Refusal };

interface Cached {
  readonly answer: Answer;
  readonly until: number;
}

/** Past this many remembered answers the oldest goes. */
const cachedCountMax = 10_000;

/** The authorizers of one API: asks their functions and remembers the answers. */
export function createAuthorize(options: {
  readonly lambda: Pick<LambdaService, "invoke" | "permits">;
  readonly timers: Timers;
  readonly executionArn: string;
}) {
  const cache = new Map<string, Cached>();

  function remembered(key: string): Answer | undefined {
    const cached = cache.get(key);
    if (cached && cached.until > options.timers.now()) return cached.answer;
    cache.delete(key);
    return undefined;
  }

  function remember(key: string, answer: Answer, ttlSeconds: number): void {
    if (ttlSeconds <= 0) return;
    const [oldest] = cache.keys();
    if (cache.size >= cachedCountMax && oldest !== undefined) cache.delete(oldest);
    cache.set(key, { answer, until: options.timers.now() + ttlSeconds * 1000 });
  }

  function ask({ functionName, name }: Authorizer, event: unknown): Promise<Asked> {
    const sourceArn = `${options.executionArn}/authorizers/${name}`;
    return askAuthorizer(options.lambda, { functionName, sourceArn }, event);
  }

  return async (call: {
    authorizer: Authorizer;
    request: GatewayRequest;
    found: Found;
    facts: ApiFacts;
  }): Promise<Authorized> => {
    const { authorizer, request, facts } = call;
    const identities = authorizer.identitySources.map((source) => identityAt(source, request, facts));
    if (identities.some((identity) => !identity)) return { refusal: { type: "UNAUTHORIZED" } };
    if (authorizer.identityValidation && !authorizer.identityValidation.test(identities[0] ?? "")) {
      return { refusal: { type: "UNAUTHORIZED" } };
    }
    const methodArn = `${options.executionArn}/${request.stage}/${request.method}${request.path}`;
    const key = JSON.stringify([authorizer.name, request.stage, ...identities]);
    let answer = remembered(key);
    if (!answer) {
      const asked = await ask(authorizer, authorizerEvent(call, methodArn, identities[0] ?? ""));
      if ("refusal" in asked) return asked;
      answer = asked.answer;
      // Without identity sources nothing tells callers apart, so nothing may be remembered.
      if (identities.length > 0) remember(key, answer, authorizer.ttlSeconds);
    }
    return judge(answer, methodArn);
  };
}

/** Asks an authorizer's function, which must let `sourceArn` in. */
export async function askAuthorizer(
  lambda: Pick<LambdaService, "invoke" | "permits">,
  { functionName, sourceArn }: { readonly functionName: string; readonly sourceArn: string },
  event: unknown,
): Promise<Asked> {
  if (!lambda.permits({ function: functionName, principal: "apigateway.amazonaws.com", sourceArn })) {
    const detail = `${sourceArn} has no permission to invoke ${functionName}`;
    return { refusal: { type: "AUTHORIZER_CONFIGURATION_ERROR", detail } };
  }
  try {
    return readAnswer(await lambda.invoke({ function: functionName, payload: JSON.stringify(event) }));
  } catch (error) {
    if (error instanceof LambdaError) return { refusal: { type: "AUTHORIZER_FAILURE", detail: error.message } };
    throw error;
  }
}

export function judge(answer: Answer, methodArn: string): Authorized {
  const decision = decide(answer.policyDocument, methodArn);
  if (decision === "denied") return { refusal: { type: "ACCESS_DENIED" } };
  if (decision === "denied explicitly") {
    const message = "User is not authorized to access this resource with an explicit deny";
    return { refusal: { type: "ACCESS_DENIED", message } };
  }
  const context = Object.entries(answer.context ?? {}).map(([name, value]) => [name, String(value)]);
  return { context: { ...Object.fromEntries(context), principalId: answer.principalId } };
}

function readAnswer(result: InvocationResult): Asked {
  const payload: unknown = JSON.parse(result.payload || "null");
  if (result.functionError) {
    const { errorMessage } = payload as { errorMessage?: string };
    if (errorMessage === "Unauthorized") return { refusal: { type: "UNAUTHORIZED" } };
    const detail = `the authorizer failed: ${result.payload.slice(0, 500)}`;
    return { refusal: { type: "AUTHORIZER_FAILURE", detail } };
  }
  const answer = Answer.safeParse(payload);
  if (answer.success) return { answer: answer.data };
  const detail = `the authorizer's answer is not valid: ${z.prettifyError(answer.error)}`;
  return { refusal: { type: "AUTHORIZER_CONFIGURATION_ERROR", detail } };
}

function authorizerEvent(
  call: { authorizer: Authorizer; request: GatewayRequest; found: Found; facts: ApiFacts },
  methodArn: string,
  token: string,
): object {
  if (call.authorizer.type === "TOKEN") return { type: "TOKEN", methodArn, authorizationToken: token };
  const { request, found, facts } = call;
  const { body, isBase64Encoded, ...event } = proxyEvent({ request, found, facts });
  return { type: "REQUEST", methodArn, ...event };
}

function identityAt(source: string, request: GatewayRequest, facts: ApiFacts): string | undefined {
  const [, place, name = ""] =
    /^(method\.request\.header|method\.request\.querystring|stageVariables|context)\.(.+)$/.exec(source) ?? [];
  switch (place) {
    case "method.request.header":
      return headerOf(request.headers, name);
    case "method.request.querystring":
      return request.query[name]?.at(-1);
    case "stageVariables":
      return facts.stageVariables[name];
    case "context": {
      const context: Readonly<Record<string, unknown>> = requestContext({ request, facts });
      const value = name === "identity.sourceIp" ? request.sourceIp : context[name];
      return typeof value === "string" ? value : undefined;
    }
    default:
      throw new Error(`"${source}" is no identity source`);
  }
}
