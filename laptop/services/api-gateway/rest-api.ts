import type { LambdaService } from "../lambda/lambda-service.ts";
import type { Timers } from "../timers.ts";
import type { Firewall } from "../waf/firewall.ts";
import type { GatewayResponseOptions } from "./api-gateway-service.ts";
import { Authorizers } from "./authorizers.ts";
import {
  type Definition,
  type GatewayResponse,
  GatewayResponseShape,
  type Integration,
  readGatewayResponse,
} from "./definition.ts";
import { blockedBy } from "./firewall-check.ts";
import { invokeIntegration } from "./function-integration.ts";
import type { AnswerOrRefusal, GatewayAnswer } from "./gateway-answer.ts";
import { type GatewayRefusal, renderGatewayResponse } from "./gateway-response.ts";
import { type ApiFacts, type AuthorizerContext, proxyEvent, requestContext } from "./proxy-event.ts";
import { readProxyResponse } from "./proxy-response.ts";
import { type GatewayRequest, headerOf } from "./request.ts";
import { createRouter, type RouteMatch } from "./router.ts";
import { Stages } from "./stages.ts";

export interface RestApiFacts {
  readonly id: string;
  readonly accountId: string;
  readonly executionArn: string;
  readonly lambda: Pick<LambdaService, "invoke" | "permits">;
  readonly timers: Timers;
  /** The web ACL of a stage, if it has one. */
  readonly firewall: (stage: string) => Firewall | undefined;
  /** Called with the reason when the gateway answers instead of the function. */
  readonly onRefusal: (request: GatewayRequest, refusal: GatewayRefusal) => void;
}

interface MatchedRequest {
  readonly request: GatewayRequest;
  readonly match: RouteMatch;
  readonly facts: ApiFacts;
}

/** One REST API: everything between a request and its answer, without the socket. */
export class RestApi {
  readonly stages: Stages;
  readonly #facts: RestApiFacts;
  /** Gateway responses that are resources of their own; they replace those of the body. */
  readonly #ownResponses = new Map<string, GatewayResponse>();
  #definition: Definition;
  #findRoute: ReturnType<typeof createRouter>;
  #authorizers: Authorizers;

  constructor(definition: Definition, facts: RestApiFacts) {
    this.stages = new Stages(facts.timers);
    this.#facts = facts;
    this.#definition = definition;
    this.#findRoute = createRouter(definition.routes);
    this.#authorizers = new Authorizers(facts);
  }

  /** Takes another body; stages, settings and gateway responses that are resources of their own stay. */
  define(definition: Definition): void {
    this.#definition = definition;
    this.#findRoute = createRouter(definition.routes);
    this.#authorizers = new Authorizers(this.#facts);
  }

  putGatewayResponse(options: GatewayResponseOptions): void {
    this.#ownResponses.set(options.responseType, readGatewayResponse(GatewayResponseShape.parse(options)));
  }

  deleteGatewayResponse(responseType: string): void {
    this.#ownResponses.delete(responseType);
  }

  async answer(request: GatewayRequest): Promise<GatewayAnswer> {
    if (!this.stages.has(request.stage)) return forbidden;
    const blocked = blockedBy(this.#facts.firewall(request.stage), request);
    if (blocked) return "refusal" in blocked ? this.refuse(request, blocked.refusal) : blocked;
    const match = this.#findRoute(request.method, request.path);
    if (!match) return this.refuse(request, { type: "MISSING_AUTHENTICATION_TOKEN" });
    const served = await this.#serve({ request, match, facts: this.#apiFacts(request) });
    return "refusal" in served ? this.refuse(request, served.refusal, match) : served;
  }

  /** The gateway's own answer. @param match the route, if the request came that far */
  refuse(request: GatewayRequest, refusal: GatewayRefusal, match?: RouteMatch): GatewayAnswer {
    this.#facts.onRefusal(request, refusal);
    const facts = this.#apiFacts(request);
    const { status, headers, body } = renderGatewayResponse({
      refusal,
      responses: new Map([...this.#definition.gatewayResponses, ...this.#ownResponses]),
      input: {
        context: requestContext({ request, facts, ...(match && { match }) }),
        stageVariables: facts.stageVariables,
        headers: request.headers,
        query: request.query,
        pathParameters: match?.parameters ?? {},
      },
    });
    return { status, headers: Object.entries(headers), body: Buffer.from(body) };
  }

  async #serve(matched: MatchedRequest): Promise<AnswerOrRefusal> {
    const { route } = matched.match;
    let authorizer: AuthorizerContext | undefined;
    if (route.authorizer) {
      const authorized = await this.#authorizers.authorize(route.authorizer, matched);
      if ("refusal" in authorized) return authorized;
      authorizer = authorized.context;
    }
    if (!this.stages.admits(matched.request.stage, route)) return { refusal: { type: "THROTTLED" } };
    const { integration } = route;
    if (integration.type === "mock") return mockAnswer(integration);
    const event = proxyEvent({ ...matched, ...(authorizer && { authorizer }) });
    return this.#callFunction(matched, integration, JSON.stringify(event));
  }

  async #callFunction(
    { request, match, facts }: MatchedRequest,
    { functionName, timeoutMs }: Extract<Integration, { type: "function" }>,
    payload: string,
  ): Promise<AnswerOrRefusal> {
    const path = match.route.path.replaceAll(/\{[^}]+\}/g, "*");
    const sourceArn = `${this.#facts.executionArn}/${request.stage}/${request.method}${path}`;
    const called = await invokeIntegration(this.#facts.lambda, { functionName, sourceArn, payload, timeoutMs });
    if ("refusal" in called) return called;
    const accept = headerOf(request.headers, "accept");
    const { binaryMediaTypes } = facts;
    const answer = readProxyResponse({ payload: called.payload, binaryMediaTypes, accept });
    if (answer) return answer;
    return { refusal: { type: "INTEGRATION_FAILURE", detail: `${functionName} returned no proxy response` } };
  }

  #apiFacts(request: GatewayRequest): ApiFacts {
    return {
      apiId: this.#facts.id,
      accountId: this.#facts.accountId,
      stageVariables: this.stages.variables(request.stage),
      binaryMediaTypes: this.#definition.binaryMediaTypes,
    };
  }
}

/** What a stage that does not exist answers. */
const forbidden: GatewayAnswer = {
  status: 403,
  headers: [
    ["Content-Type", "application/json"],
    ["x-amzn-ErrorType", "ForbiddenException"],
  ],
  body: Buffer.from('{"message":"Forbidden"}'),
};

function mockAnswer({ status, headers, body }: Extract<Integration, { type: "mock" }>): GatewayAnswer {
  return { status, headers: Object.entries(headers), body: Buffer.from(body) };
}
