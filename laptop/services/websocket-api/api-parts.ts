import { functionNameOf } from "../arn.ts";
import type { Timers } from "../timers.ts";
import { createTokenBucket, type TokenBucket } from "../token-bucket.ts";
import { type IdentitySource, readIdentitySources } from "./identity-sources.ts";
import type { AuthorizerOptions, RouteOptions, WebSocketStageOptions } from "./websocket-api-service.ts";

export interface ConnectAuthorizer {
  readonly id: string;
  readonly functionName: string;
  readonly identitySources: readonly IdentitySource[];
}

export interface WebSocketRoute {
  readonly id: string;
  readonly key: string;
  readonly functionName: string;
  readonly authorizer?: ConnectAuthorizer;
}

export interface WebSocketStage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly bucket?: TokenBucket;
}

export interface ApiPartsOptions {
  readonly apiId: string;
  readonly timers: Timers;
  readonly routeSelectionExpression: string;
}

/** The parts of one WebSocket API, which are created one after the other. */
export class ApiParts {
  /** Where a message says which route it is for. */
  routeSelectionExpression: string;
  readonly #apiId: string;
  readonly #timers: Timers;
  readonly #authorizers = new Map<string, ConnectAuthorizer>();
  /** Names of functions, by the integration's id. */
  readonly #integrations = new Map<string, string>();
  readonly #routes = new Map<string, WebSocketRoute>();
  readonly #stages = new Map<string, WebSocketStage>();
  #partCount = 0;

  constructor({ apiId, timers, routeSelectionExpression }: ApiPartsOptions) {
    this.#apiId = apiId;
    this.#timers = timers;
    this.routeSelectionExpression = routeSelectionExpression;
  }

  route(key: string): WebSocketRoute | undefined {
    return this.#routes.get(key);
  }

  stage(name: string): WebSocketStage | undefined {
    return this.#stages.get(name);
  }

  addAuthorizer({ name, authorizerUri, identitySources }: AuthorizerOptions): string {
    const id = this.#nextId();
    const functionName = functionNameOf(authorizerUri);
    this.#authorizers.set(id, { id, functionName, identitySources: readIdentitySources(name, identitySources) });
    return id;
  }

  addIntegration(uri: string): string {
    const id = this.#nextId();
    this.#integrations.set(id, functionNameOf(uri));
    return id;
  }

  addRoute({ routeKey, target, authorizerId }: RouteOptions): string {
    const functionName = this.#integrations.get(target.replace(/^integrations\//, ""));
    if (functionName === undefined) throw new Error(`route ${routeKey}: there is no integration "${target}"`);
    const authorizer = authorizerId === undefined ? undefined : this.#authorizers.get(authorizerId);
    if (authorizerId !== undefined && authorizer === undefined) {
      throw new Error(`route ${routeKey}: there is no authorizer "${authorizerId}"`);
    }
    const id = this.#nextId();
    this.#routes.set(routeKey, { id, key: routeKey, functionName, ...(authorizer && { authorizer }) });
    return id;
  }

  putStage({
    name,
    variables = {},
    throttlingRateLimit: rate = -1,
    throttlingBurstLimit: burst = rate,
  }: WebSocketStageOptions) {
    const bucket = rate >= 0 ? { bucket: createTokenBucket(this.#timers, { rate, burst }) } : {};
    this.#stages.set(name, { name, variables, ...bucket });
  }

  /** Does nothing when there is no part with that id. */
  remove(kind: "authorizer" | "integration" | "route", id: string): void {
    switch (kind) {
      case "authorizer":
        this.#authorizers.delete(id);
        break;
      case "integration":
        this.#integrations.delete(id);
        break;
      case "route":
        for (const route of this.#routes.values()) if (route.id === id) this.#routes.delete(route.key);
        break;
      default:
        kind satisfies never;
    }
  }

  removeStage(name: string): void {
    this.#stages.delete(name);
  }

  /** An id is never used twice: what refers to a part that was replaced must see that it has changed. */
  #nextId(): string {
    this.#partCount += 1;
    return `${this.#apiId.slice(0, 4)}${this.#partCount}`;
  }
}
