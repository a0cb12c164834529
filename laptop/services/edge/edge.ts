import { createHash } from "node:crypto";
import { Agent, createServer, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import type { ResourcePolicyEvaluator } from "../access/resource-policy.ts";
import type { ServiceContext } from "../context.ts";
import { closeServer, listen } from "../listen.ts";
import type { State } from "../state.ts";
import type { WafService } from "../waf/waf-service.ts";
import type { Behaviour } from "./behaviour.ts";
import { askBucket } from "./bucket-origin.ts";
import { createDistribution, type Distribution, type Origin } from "./distribution.ts";
import type {
  BehaviourOptions,
  CachePolicy,
  DistributionDescription,
  DistributionOptions,
  EdgeService,
  OriginOptions,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
} from "./edge-service.ts";
import { askOrigin, type HttpTarget } from "./origin.ts";
import {
  checkCachePolicy,
  checkOriginRequestPolicy,
  managedCachePolicies,
  managedOriginRequestPolicies,
  managedResponseHeadersPolicies,
} from "./policies.ts";
import { compileViewerFunction, type ViewerFunction } from "./viewer-function.ts";

export interface EdgeOptions extends ServiceContext {
  readonly waf: Pick<WafService, "find">;
  readonly state: State;
  /** Whether the policy of a bucket lets a distribution in. */
  readonly bucketPolicies: ResourcePolicyEvaluator;
  /** Preferred for the first distribution; the others take the port they had before, or a free one. */
  readonly port?: number;
}

interface RunningDistribution {
  readonly server: Server;
  readonly description: DistributionDescription;
  given: DistributionOptions;
  current: Distribution;
  /** Ends WebSockets that are open when all stops. */
  readonly sockets: Set<Duplex>;
}

const drainMs = 2_000;
/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const headerBytesMax = 32_768;
/** An engine of this machine that does not answer for so long does not answer at all. */
const bucketReadMsMax = 30_000;

/** CloudFront distributions, each on a port of its own. */
export function createEdge(options: EdgeOptions): EdgeService {
  const { accountId, timers, state } = options;
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 256 });
  const distributions = new Map<string, RunningDistribution>();
  const cachePolicies = new Map(Object.entries(managedCachePolicies));
  const originRequestPolicies = new Map(Object.entries(managedOriginRequestPolicies));
  const responseHeadersPolicies = new Map(Object.entries(managedResponseHeadersPolicies));
  const functions = new Map<string, ViewerFunction>();

  function behaviourOf(given: BehaviourOptions): Behaviour {
    const { originRequestPolicyId, responseHeadersPolicyId, viewerRequestFunction } = given;
    return {
      ...given,
      cachePolicy: known(cachePolicies, given.cachePolicyId, "cache policy"),
      ...(originRequestPolicyId !== undefined && {
        originRequestPolicy: known(originRequestPolicies, originRequestPolicyId, "origin request policy"),
      }),
      ...(responseHeadersPolicyId !== undefined && {
        responseHeadersPolicy: known(responseHeadersPolicies, responseHeadersPolicyId, "response headers policy"),
      }),
      ...(viewerRequestFunction !== undefined && {
        viewerRequest: known(functions, viewerRequestFunction, "function"),
      }),
    };
  }

  function originOf(given: OriginOptions, distributionArn: string): Origin {
    const { id, path = "", customHeaders } = given;
    if (given.kind === "http") {
      const { host, port, readTimeoutSeconds } = given;
      const target: HttpTarget = { agent, host, port, readTimeoutMs: readTimeoutSeconds * 1_000 };
      return { id, host: `${host}:${port}`, path, customHeaders, target, ask: (request) => askOrigin(target, request) };
    }
    const { hostname, port } = new URL(options.endpoints.s3);
    const target: HttpTarget = { agent, host: hostname, port: Number(port), readTimeoutMs: bucketReadMsMax };
    const asker = given.isSigned ? { service: "cloudfront.amazonaws.com", sourceArn: distributionArn } : "anybody";
    const policyArn = `arn:aws:s3:::${given.bucket}`;
    const bucket = {
      bucket: given.bucket,
      target,
      permits: (call: Parameters<ResourcePolicyEvaluator["permits"]>[2]) =>
        options.bucketPolicies.permits(policyArn, asker, call),
    };
    return { id, host: `${given.bucket}.s3`, path, customHeaders, ask: (request) => askBucket(bucket, request) };
  }

  function compose(given: DistributionOptions, { id, arn }: { id: string; arn: string }): Distribution {
    const { errorResponses, defaultRootObject, webAclArn } = given;
    if (webAclArn !== undefined) options.waf.find(webAclArn, "CLOUDFRONT");
    const origins = given.origins.map((origin) => originOf(origin, arn));
    const lost = given.behaviours.find(({ originId }) => !origins.some((origin) => origin.id === originId));
    if (lost) throw new Error(`the behaviour ${lost.pathPattern} names ${lost.originId}, which is no origin`);
    return createDistribution({
      id,
      origins,
      timers,
      errorResponses,
      behaviours: given.behaviours.map(behaviourOf),
      ...(defaultRootObject !== undefined && { defaultRootObject }),
      ...(webAclArn !== undefined && { firewall: () => options.waf.find(webAclArn, "CLOUDFRONT") }),
      log: (line) =>
        options.log({ source: `cloudfront/${given.name}`, line: `${new Date(timers.now()).toISOString()} ${line}` }),
    });
  }

  /** What is made again is a change of what distributions may use already. */
  function remember<Policy extends { readonly name: string }>(
    policies: Map<string, Policy>,
    policy: Policy,
    kind: string,
  ): { id: string } {
    const id = stableId(`${kind}/${policy.name}`);
    const isKnown = policies.has(id);
    policies.set(id, policy);
    if (isKnown) composeAgain();
    return { id };
  }

  function composeAgain(): void {
    for (const running of distributions.values()) running.current = compose(running.given, running.description);
  }

  async function start(
    given: DistributionOptions,
    { id, arn }: { id: string; arn: string },
    current: Distribution,
  ): Promise<RunningDistribution> {
    const { name } = given;
    const server = createServer({ keepAliveTimeout: 60_000, maxHeaderSize: headerBytesMax });
    const sockets = new Set<Duplex>();
    const remembered = state.get("distribution-port", name);
    const wanted = distributions.size === 0 ? options.port : undefined;
    const port = await listen(server, wanted ?? (remembered === undefined ? undefined : Number(remembered)));
    state.set("distribution-port", name, String(port));
    const description = { id, arn, domainName: `127.0.0.1:${port}` };
    const running: RunningDistribution = { server, description, given, current, sockets };
    const fault = (error: unknown) => {
      const line = `fault: ${error instanceof Error ? error.stack : String(error)}`;
      options.log({ source: `cloudfront/${name}`, line });
    };
    server.on("request", (message, response) => {
      running.current.handle(message, response).catch((error: unknown) => {
        fault(error);
        if (!response.headersSent) response.writeHead(500, { "content-type": "text/html" });
        response.end();
      });
    });
    server.on("upgrade", (message: IncomingMessage, socket: Duplex, head: Buffer) => {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
      running.current.upgrade(message, socket, head).catch((error: unknown) => {
        fault(error);
        socket.end("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      });
    });
    return running;
  }

  return {
    createCachePolicy: (policy: CachePolicy) => remember(cachePolicies, checkCachePolicy(policy), "cache"),
    createOriginRequestPolicy: (policy: OriginRequestPolicy) =>
      remember(originRequestPolicies, checkOriginRequestPolicy(policy), "origin-request"),
    createResponseHeadersPolicy: (policy: ResponseHeadersPolicy) =>
      remember(responseHeadersPolicies, policy, "response-headers"),
    createFunction: (given) => {
      const arn = `arn:aws:cloudfront::${accountId}:function/${given.name}`;
      const isKnown = functions.has(arn);
      functions.set(arn, compileViewerFunction(given));
      if (isKnown) composeAgain();
      return { arn };
    },
    createDistribution: async (given) => {
      const id = `E${stableId(given.name).replaceAll("-", "").slice(0, 13).toUpperCase()}`;
      const arn = `arn:aws:cloudfront::${accountId}:distribution/${id}`;
      const current = compose(given, { id, arn });
      const running = distributions.get(id) ?? (await start(given, { id, arn }, current));
      distributions.set(id, Object.assign(running, { given, current }));
      return running.description;
    },
    deleteDistribution: async (id) => {
      const running = distributions.get(id);
      distributions.delete(id);
      if (running) await end(running);
    },
    stop: async () => {
      await Promise.all([...distributions.values()].map(end));
      agent.destroy();
    },
  };
}

async function end({ server, sockets }: RunningDistribution): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await closeServer(server, drainMs);
}

function known<Thing>(things: ReadonlyMap<string, Thing>, key: string, what: string): Thing {
  const found = things.get(key);
  if (found !== undefined) return found;
  throw new Error(`there is no ${what} ${key}; known are ${[...things.keys()].join(", ")}`);
}

function stableId(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}
