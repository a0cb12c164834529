import { LambdaError, type LambdaService } from "../lambda/lambda-service.ts";
import type { Timers } from "../timers.ts";
import type { Firewall } from "../waf/firewall.ts";
import type { WebRequest } from "../waf/web-acl.ts";
import type { GatewayResponseOptions, MethodSettingsOptions, StageOptions } from "./api-gateway-service.ts";
import { createAuthorize } from "./authorize.ts";
import {
  type Definition,
  type GatewayResponse,
  GatewayResponseShape,
  type Integration,
  readGatewayResponse,
} from "./definition.ts";
import { type Refusal, renderGatewayResponse } from "./gateway-response.ts";
import { type ApiFacts, type AuthorizerContext, proxyEvent, requestContext } from "./proxy-event.ts";
import { type Answer, readProxyResponse } from "./proxy-response.ts";
import { type GatewayRequest, headerOf } from "./request.ts";
import { createRouter, type Found } from "./router.ts";
import { createThrottle } from "./throttle.ts";

export interface RestApiFacts {
  readonly id: string;
  readonly accountId: string;
  readonly executionArn: string;
  readonly lambda: Pick<LambdaService, "invoke" | "permits">;
  readonly timers: Timers;
  /** The web ACL before a stage, if there is one. */
  readonly firewall: (stage: string) => Firewall | undefined;
  /** Told why the gateway answered instead of the function. */
  readonly onRefusal: (request: GatewayRequest, refusal: Refusal) => void;
}

type SettingPlace = Pick<MethodSettingsOptions, "stageName" | "methodPath">;
type Step = Answer | { readonly refusal: Refusal };

/** One REST API: everything between a request and its answer, without the socket. */
export function createRestApi(first: Definition, facts: RestApiFacts) {
  let definition = first;
  let find = createRouter(first.routes);
  let authorize = createAuthorize(facts);
  /** Those that are resources of their own, which win over the body's. */
  const ownResponses = new Map<string, GatewayResponse>();
  const stages = new Map<
    string,
    { variables: Readonly<Record<string, string>>; throttle: ReturnType<typeof createThrottle> }
  >();
  const settings = new Map<string, MethodSettingsOptions>();
  const settingKey = ({ stageName, methodPath }: SettingPlace) => `${stageName} ${methodPath}`;

  function throttleOf(stageName: string) {
    const throttle = createThrottle(facts.timers);
    for (const setting of settings.values()) if (setting.stageName === stageName) throttle.configure(setting);
    return throttle;
  }

  /** Buckets begin full again, as after a deployment. */
  function applySettings(stageName: string): void {
    const stage = stages.get(stageName);
    if (stage) stages.set(stageName, { ...stage, throttle: throttleOf(stageName) });
  }

  function factsOf(request: GatewayRequest): ApiFacts {
    return {
      apiId: facts.id,
      accountId: facts.accountId,
      stageVariables: stages.get(request.stage)?.variables ?? {},
      binaryMediaTypes: definition.binaryMediaTypes,
    };
  }

  /** What the web ACL says instead of the API. */
  function blocked(request: GatewayRequest): Step | undefined {
    const verdict = facts.firewall(request.stage)?.evaluate(webRequest(request));
    if (verdict?.action !== "block") return undefined;
    const detail = verdict.groupRule === undefined ? verdict.rule : `${verdict.rule}/${verdict.groupRule}`;
    if (!verdict.response) return { refusal: { type: "WAF_FILTERED", detail } };
    const { status, headers, body } = verdict.response;
    return { status, headers, body: Buffer.from(body) };
  }

  async function serve(request: GatewayRequest, found: Found): Promise<Step> {
    const apiFacts = factsOf(request);
    let authorizer: AuthorizerContext | undefined;
    if (found.route.authorizer) {
      const authorized = await authorize({ authorizer: found.route.authorizer, request, found, facts: apiFacts });
      if ("refusal" in authorized) return authorized;
      authorizer = authorized.context;
    }
    if (!stages.get(request.stage)?.throttle.admits(found.route)) return { refusal: { type: "THROTTLED" } };
    const { integration } = found.route;
    if (integration.type === "mock") return mockAnswer(integration);
    const event = proxyEvent({ request, found, facts: apiFacts, ...(authorizer ? { authorizer } : {}) });
    return callFunction({ request, found, integration, payload: JSON.stringify(event) });
  }

  async function callFunction(call: {
    request: GatewayRequest;
    found: Found;
    integration: Extract<Integration, { type: "function" }>;
    payload: string;
  }): Promise<Step> {
    const { request, found, integration, payload } = call;
    const path = found.route.path.replaceAll(/\{[^}]+\}/g, "*");
    const sourceArn = `${facts.executionArn}/${request.stage}/${request.method}${path}`;
    const caller = { function: integration.functionName, principal: "apigateway.amazonaws.com", sourceArn };
    if (!facts.lambda.permits(caller)) {
      const detail = `${sourceArn} has no permission to invoke ${integration.functionName}`;
      return { refusal: { type: "API_CONFIGURATION_ERROR", detail } };
    }
    try {
      const result = await within(
        integration.timeoutMs,
        facts.lambda.invoke({ function: integration.functionName, payload }),
      );
      if (result === undefined) return { refusal: { type: "INTEGRATION_TIMEOUT" } };
      if (result.functionError) {
        return {
          refusal: {
            type: "INTEGRATION_FAILURE",
            detail: `${integration.functionName} failed: ${result.payload.slice(0, 500)}`,
          },
        };
      }
      const accept = headerOf(request.headers, "accept");
      const answer = readProxyResponse({
        payload: result.payload,
        binaryMediaTypes: definition.binaryMediaTypes,
        accept,
      });
      return (
        answer ?? {
          refusal: { type: "INTEGRATION_FAILURE", detail: `${integration.functionName} returned no proxy response` },
        }
      );
    } catch (error) {
      if (error instanceof LambdaError)
        return {
          refusal: { type: "API_CONFIGURATION_ERROR", detail: `${integration.functionName}: ${error.message}` },
        };
      throw error;
    }
  }

  function refuse(request: GatewayRequest, refusal: Refusal, found: Found | undefined): Answer {
    facts.onRefusal(request, refusal);
    const apiFacts = factsOf(request);
    const { status, headers, body } = renderGatewayResponse({
      refusal,
      responses: new Map([...definition.gatewayResponses, ...ownResponses]),
      input: {
        context: requestContext({ request, facts: apiFacts, ...(found ? { found } : {}) }),
        stageVariables: apiFacts.stageVariables,
        headers: request.headers,
        query: request.query,
        pathParameters: found?.parameters ?? {},
      },
    });
    return { status, headers: Object.entries(headers), body: Buffer.from(body) };
  }

  return {
    /** Takes another body; stages, settings and responses that were given by themselves stay. */
    define: (next: Definition): void => {
      definition = next;
      find = createRouter(next.routes);
      authorize = createAuthorize(facts);
    },
    createStage: ({ stageName, variables = {} }: StageOptions): void => {
      stages.set(stageName, { variables, throttle: throttleOf(stageName) });
    },
    deleteStage: (stageName: string): void => void stages.delete(stageName),
    putMethodSettings: (setting: MethodSettingsOptions): void => {
      settings.set(settingKey(setting), setting);
      applySettings(setting.stageName);
    },
    deleteMethodSettings: (place: SettingPlace): void => {
      settings.delete(settingKey(place));
      applySettings(place.stageName);
    },
    putGatewayResponse: (options: GatewayResponseOptions): void => {
      ownResponses.set(options.responseType, readGatewayResponse(GatewayResponseShape.parse(options)));
    },
    deleteGatewayResponse: (responseType: string): void => void ownResponses.delete(responseType),
    answer: async (request: GatewayRequest): Promise<Answer> => {
      if (!stages.has(request.stage)) {
        return {
          status: 403,
          headers: [
            ["Content-Type", "application/json"],
            ["x-amzn-ErrorType", "ForbiddenException"],
          ],
          body: Buffer.from('{"message":"Forbidden"}'),
        };
      }
      const stopped = blocked(request);
      if (stopped) return "refusal" in stopped ? refuse(request, stopped.refusal, undefined) : stopped;
      const found = find(request.method, request.path);
      if (!found) return refuse(request, { type: "MISSING_AUTHENTICATION_TOKEN" }, undefined);
      const step = await serve(request, found);
      return "refusal" in step ? refuse(request, step.refusal, found) : step;
    },
    /** For what fails before there is a route to look for. */
    refuse: (request: GatewayRequest, refusal: Refusal): Answer => refuse(request, refusal, undefined),
  };
}

function webRequest({ method, fullPath, queryString, headers, body, sourceIp }: GatewayRequest): WebRequest {
  const pairs = Object.entries(headers).flatMap(([name, values]) => values.map((value) => [name, value] as const));
  return { method, uriPath: fullPath, queryString, headers: pairs, body, clientIp: sourceIp };
}

export type RestApi = ReturnType<typeof createRestApi>;

function mockAnswer({ status, headers, body }: Extract<Integration, { type: "mock" }>): Answer {
  return { status, headers: Object.entries(headers), body: Buffer.from(body) };
}

/** Undefined when it took longer; the function runs on, as on AWS. */
async function within<Value>(waitMs: number, work: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), waitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
