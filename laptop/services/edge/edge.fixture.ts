import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import { createResourcePolicyEvaluator } from "../access/resource-policy.ts";
import type { LogLine } from "../context.ts";
import { accountId, contextOf, manualTimers } from "../services.fixture.ts";
import { openServiceState } from "../state.ts";
import { createWaf } from "../waf/waf.ts";
import type { WafService } from "../waf/waf-service.ts";
import type { WebAcl } from "../waf/web-acl.ts";
import { createEdge } from "./edge.ts";
import type {
  BehaviourOptions,
  CachePolicy,
  DistributionOptions,
  EdgeService,
  OriginOptions,
  OriginRequestPolicy,
} from "./edge-service.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
export const allViewerExceptHost = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
const allMethods = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"];

/** An origin that records the requests it gets, and answers as the test says. */
export async function startOrigin(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  stops.push(stop);
  return { server, port, requests, stop };
}

export interface EdgeGiven {
  readonly port?: number;
  readonly origin?: Partial<OriginOptions>;
  /** The policy of the default behaviour. @default caching disabled */
  readonly cache?: Partial<CachePolicy>;
  readonly forward?: Partial<OriginRequestPolicy>;
  readonly behaviour?: Partial<BehaviourOptions>;
  readonly before?: readonly Partial<BehaviourOptions>[];
  readonly distribution?: Partial<DistributionOptions>;
  readonly acl?: Partial<WebAcl>;
  readonly s3?: string;
  readonly policyOf?: (arn: string) => string | undefined;
}

const none = { kind: "none" } as const;

/** A distribution with one origin, and a clock that the test moves. */
export async function startEdge(given: EdgeGiven) {
  const clock = manualTimers();
  const lines: LogLine[] = [];
  const endpoints = given.s3 === undefined ? {} : { s3: given.s3 };
  const context = contextOf({ endpoints, timers: clock.timers, lines });
  const waf = createWaf(context);
  const bucketPolicies = createResourcePolicyEvaluator({ accountId, policyOf: given.policyOf ?? (() => undefined) });
  const edge = createEdge({ ...context, waf, state: openServiceState(context), bucketPolicies });
  stops.push(() => edge.stop());
  const options = distributionOptions(given, behaviourOptions(given, edge), webAclOf(given, waf));
  const { arn, domainName } = await edge.createDistribution(options);
  const base = `http://${domainName}`;
  const get = (path: string, headers: Record<string, string> = {}, more: RequestInit = {}) =>
    fetch(`${base}${path}`, { headers, ...more });
  return { arn, base, clock, edge, get, lines, options };
}

/** A distribution with one origin, which answers as the test says. */
export async function startEdgeWithOrigin(answer: Parameters<typeof startOrigin>[0], given: EdgeGiven = {}) {
  const origin = await startOrigin(answer);
  const edge = await startEdge({ port: origin.port, ...given });
  return { ...edge, origin, requests: origin.requests };
}

/** Answers with a body and this Cache-Control. */
export const cacheControl = (value: string) => (_: unknown, response: ServerResponse) =>
  void response.writeHead(200, { "Cache-Control": value }).end("body");

export const cachedForAMinute = { "Cache-Control": "max-age=60" };

function behaviourOptions({ cache, forward, behaviour }: EdgeGiven, edge: EdgeService): BehaviourOptions {
  return {
    pathPattern: "*",
    originId: "origin",
    allowedMethods: allMethods,
    cachedMethods: ["GET", "HEAD"],
    cachePolicyId: cache === undefined ? cachingDisabled : edge.createCachePolicy({ ...emptyCachePolicy, ...cache }).id,
    ...(forward && {
      originRequestPolicyId: edge.createOriginRequestPolicy({ ...emptyOriginRequestPolicy, ...forward }).id,
    }),
    ...behaviour,
  };
}

const emptyCachePolicy: CachePolicy = {
  name: "cache",
  minTtlSeconds: 0,
  defaultTtlSeconds: 0,
  maxTtlSeconds: 3_600,
  headers: none,
  query: none,
  cookies: none,
  encodings: [],
};
const emptyOriginRequestPolicy: OriginRequestPolicy = { name: "forward", headers: none, query: none, cookies: none };

function webAclOf({ acl }: EdgeGiven, waf: WafService): Pick<DistributionOptions, "webAclArn"> {
  if (!acl) return {};
  const allowAll: WebAcl = { name: "acl", scope: "CLOUDFRONT", defaultAction: { kind: "allow" }, rules: [] };
  return { webAclArn: waf.createWebAcl({ ...allowAll, ...acl }).arn };
}

function distributionOptions(
  { port = 9, origin, before = [], distribution }: EdgeGiven,
  behaviour: BehaviourOptions,
  webAcl: Pick<DistributionOptions, "webAclArn">,
): DistributionOptions {
  const http = { kind: "http", host: "127.0.0.1", port, readTimeoutSeconds: 30 } as const;
  return {
    name: "subject",
    origins: [{ id: "origin", customHeaders: [], ...http, ...origin } as OriginOptions],
    behaviours: [...before.map((one) => ({ ...behaviour, ...one })), behaviour],
    errorResponses: [],
    ...webAcl,
    ...distribution,
  };
}

/** Status and X-Cache of an answer. It reads the body, so that the connection is free again. */
export async function summary(response: Response): Promise<string> {
  await response.arrayBuffer();
  return `${response.status} ${response.headers.get("x-cache")?.replace(" from cloudfront", "")}`;
}

/** A request that fetch would not send: a GET with a body, or headers that fetch sets itself. */
export function send(
  base: string,
  given: { method: string; path: string; headers?: Record<string, string>; body?: string },
): Promise<number> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const { method, path, headers = {} } = given;
    const outgoing = httpRequest({ hostname, port, method, path, headers, agent: false }, (answer) => {
      answer.resume().once("end", () => resolve(answer.statusCode ?? 0));
    });
    outgoing.once("error", reject).end(given.body);
  });
}
