import type { LambdaService } from "../lambda/lambda-service.ts";
import type { Timers } from "../timers.ts";
import { AuthorizerCache } from "./authorizer-cache.ts";
import { type Authorized, askAuthorizer, judge } from "./authorizer-function.ts";
import type { Authorizer } from "./definition.ts";
import { identityAt } from "./identity-source.ts";
import { type ApiFacts, proxyEvent } from "./proxy-event.ts";
import type { GatewayRequest } from "./request.ts";
import type { RouteMatch } from "./router.ts";

export interface AuthorizersOptions {
  readonly lambda: Pick<LambdaService, "invoke" | "permits">;
  readonly timers: Timers;
  readonly executionArn: string;
}

interface AuthorizedRequest {
  readonly request: GatewayRequest;
  readonly match: RouteMatch;
  readonly facts: ApiFacts;
}

/** The authorizers of one API: asks their functions and caches the answers. */
export class Authorizers {
  readonly #options: AuthorizersOptions;
  readonly #cache: AuthorizerCache;

  constructor(options: AuthorizersOptions) {
    this.#options = options;
    this.#cache = new AuthorizerCache(options.timers);
  }

  async authorize(authorizer: Authorizer, call: AuthorizedRequest): Promise<Authorized> {
    const { request, facts } = call;
    const identities = authorizer.identitySources.map((source) => identityAt(source, request, facts));
    const [token = ""] = identities;
    const isInvalid = authorizer.identityValidation?.test(token) === false;
    if (isInvalid || identities.some((identity) => !identity)) return { refusal: { type: "UNAUTHORIZED" } };
    const methodArn = `${this.#options.executionArn}/${request.stage}/${request.method}${request.path}`;
    const key = JSON.stringify([authorizer.name, request.stage, ...identities]);
    const cached = this.#cache.get(key);
    if (cached) return judge(cached, methodArn);
    const sourceArn = `${this.#options.executionArn}/authorizers/${authorizer.name}`;
    const { functionName, ttlSeconds } = authorizer;
    const event = authorizerEvent(authorizer, call, { methodArn, token });
    const reply = await askAuthorizer(this.#options.lambda, { functionName, sourceArn }, event);
    if ("refusal" in reply) return reply;
    // Without identity sources, all callers would share one answer.
    if (identities.length > 0) this.#cache.set(key, reply.answer, ttlSeconds);
    return judge(reply.answer, methodArn);
  }
}

function authorizerEvent(
  { type }: Authorizer,
  call: AuthorizedRequest,
  { methodArn, token }: { readonly methodArn: string; readonly token: string },
): object {
  if (type === "TOKEN") return { type, methodArn, authorizationToken: token };
  const { body, isBase64Encoded, ...event } = proxyEvent(call);
  return { type, methodArn, ...event };
}
