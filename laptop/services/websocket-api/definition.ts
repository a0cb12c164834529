import { functionNameOf } from "../arn.ts";
import type { Timers } from "../timers.ts";
import { createTokenBucket, type TokenBucket } from "../token-bucket.ts";
import type { AuthorizerOptions, RouteOptions, StageOptions } from "./websocket-api-service.ts";

export interface Authorizer {
  readonly id: string;
  readonly functionName: string;
  readonly identitySources: readonly string[];
}

export interface Route {
  readonly id: string;
  readonly key: string;
  readonly functionName: string;
  readonly authorizer?: Authorizer;
}

export interface Stage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly bucket?: TokenBucket;
}

/** The parts of one API, as they are made one after the other. */
export interface Definition {
  readonly stages: ReadonlyMap<string, Stage>;
  route(key: string): Route | undefined;
  addAuthorizer(options: AuthorizerOptions): string;
  addIntegration(uri: string): string;
  addRoute(options: RouteOptions): string;
  addStage(options: StageOptions): void;
  /** Nothing happens when there is none of that id. */
  remove(kind: "authorizer" | "integration" | "route", id: string): void;
  removeStage(name: string): void;
}

export function createDefinition(apiId: string, timers: Timers): Definition {
  const authorizers = new Map<string, Authorizer>();
  const integrations = new Map<string, string>();
  const routes = new Map<string, Route>();
  const stages = new Map<string, Stage>();
  let partCount = 0;
  /** Never given again, so that what refers to a part that was replaced is seen to have changed. */
  const nextId = () => {
    partCount += 1;
    return `${apiId.slice(0, 4)}${partCount}`;
  };
  return {
    stages,
    route: (key) => routes.get(key),
    addAuthorizer: ({ name, authorizerUri, identitySources }) => {
      const id = nextId();
      authorizers.set(id, { id, functionName: functionNameOf(authorizerUri), identitySources });
      sourcesOf(name, identitySources);
      return id;
    },
    addIntegration: (uri) => {
      const id = nextId();
      integrations.set(id, functionNameOf(uri));
      return id;
    },
    addRoute: ({ routeKey, target, authorizerId }) => {
      const functionName = integrations.get(target.replace(/^integrations\//, ""));
      if (functionName === undefined) throw new Error(`route ${routeKey}: there is no integration "${target}"`);
      const authorizer = authorizerId === undefined ? undefined : authorizers.get(authorizerId);
      if (authorizerId !== undefined && authorizer === undefined) {
        throw new Error(`route ${routeKey}: there is no authorizer "${authorizerId}"`);
      }
      const id = nextId();
      routes.set(routeKey, { id, key: routeKey, functionName, ...(authorizer && { authorizer }) });
      return id;
    },
    addStage: ({ name, variables = {}, throttlingRateLimit: rate = -1, throttlingBurstLimit: burst = rate }) => {
      stages.set(name, { name, variables, ...(rate >= 0 && { bucket: createTokenBucket(timers, { rate, burst }) }) });
    },
    remove: (kind, id) => {
      if (kind === "authorizer") authorizers.delete(id);
      if (kind === "integration") integrations.delete(id);
      if (kind === "route") for (const route of routes.values()) if (route.id === id) routes.delete(route.key);
    },
    removeStage: (name) => void stages.delete(name),
  };
}

const sourcePattern = /^route\.request\.(header|querystring)\.(.+)$/;

/** Where identity sources are looked for. */
export function sourcesOf(authorizer: string, identitySources: readonly string[]) {
  return identitySources.map((source) => {
    const [, place, name = ""] = sourcePattern.exec(source) ?? [];
    if (place === undefined) throw new Error(`authorizer ${authorizer}: "${source}" is no identity source here`);
    return { place: place as "header" | "querystring", name };
  });
}
