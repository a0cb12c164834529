import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Timers } from "../timers.ts";
import type { Firewall } from "../waf/firewall.ts";
import type { Behaviour, CompiledBehaviour } from "./behaviour.ts";
import { DistributionContent } from "./distribution-content.ts";
import { DistributionRoutes, type Origin } from "./distribution-routes.ts";
import { type EdgeAnswer, pageAnswer } from "./edge-answer.ts";
import {
  bodyNotAllowed,
  type EdgePage,
  functionFailed,
  methodNotAllowed,
  urlTooLong,
  wafBlocked,
} from "./edge-page.ts";
import type { ErrorResponseOptions, ResponseHeadersPolicy } from "./edge-service.ts";
import { FirewallGate } from "./firewall-gate.ts";
import { tunnel } from "./tunnel.ts";
import { type BodyHead, hasBody, readViewer, type Viewer } from "./viewer.ts";
import { cacheStatus, writeAnswer } from "./write-answer.ts";

export interface DistributionFacts {
  readonly id: string;
  readonly origins: readonly Origin[];
  readonly behaviours: readonly Behaviour[];
  readonly errorResponses: readonly ErrorResponseOptions[];
  readonly defaultRootObject?: string;
  /** The web ACL of the distribution, as it is now. */
  readonly firewall?: () => Firewall;
  readonly timers: Timers;
  readonly log: (line: string) => void;
}

interface ViewerRequest {
  readonly viewer: Viewer;
  readonly message: IncomingMessage;
  readonly requestId: string;
}

interface Decided {
  readonly answer: EdgeAnswer;
  readonly responseHeadersPolicy?: ResponseHeadersPolicy | undefined;
  /** The rule of the web ACL that blocked the request. */
  readonly blockedBy?: string;
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const urlBytesMax = 8_192;

/** One distribution: everything between a viewer's request and its answer, without the port. */
export class Distribution {
  readonly #facts: DistributionFacts;
  readonly #name: string;
  readonly #gate: FirewallGate;
  readonly #routes: DistributionRoutes;
  readonly #content: DistributionContent;

  constructor(facts: DistributionFacts) {
    const { origins, behaviours, errorResponses, timers } = facts;
    this.#facts = facts;
    this.#name = `${facts.id.toLowerCase()}.cloudfront.net`;
    this.#gate = new FirewallGate(facts.firewall);
    this.#routes = new DistributionRoutes({ name: this.#name, origins, behaviours });
    this.#content = new DistributionContent({ routes: this.#routes, errorResponses, timers });
  }

  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { timers, log } = this.#facts;
    const startedAt = timers.now();
    const requestId = randomUUID();
    const viewer = readViewer(message);
    const isTooLong = (message.url?.length ?? 0) > urlBytesMax;
    const decided = isTooLong ? ownAnswer(urlTooLong) : await this.#decide({ viewer, message, requestId });
    const { answer, responseHeadersPolicy: policy, blockedBy } = decided;
    writeAnswer(response, answer, { viewer, policy, edgeHeaders: this.#edgeHeaders(requestId) });
    const outcome = `${answer.status} ${cacheStatus(answer)}${blockedBy === undefined ? "" : ` waf:${blockedBy}`}`;
    log(`${requestId} ${viewer.method} ${viewer.path} ${outcome} ${timers.now() - startedAt} ms`);
  }

  /** Opens a WebSocket to the origin. Its log line leaves out the query, which may hold a secret. */
  async upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const requestId = randomUUID();
    const viewer = readViewer(message);
    const status = await this.#connect(viewer, { socket, head, requestId });
    this.#facts.log(`${requestId} GET ${viewer.path} ${status} websocket`);
  }

  async #connect(
    viewer: Viewer,
    { socket, head, requestId }: { socket: Duplex; head: Buffer; requestId: string },
  ): Promise<number> {
    const decision = this.#gate.decide(viewer, Buffer.alloc(0));
    if (decision.page) return refuseSocket(socket);
    const behaviour = this.#routes.behaviourOf(viewer.path);
    const { origin, path, headers } = this.#routes.originRequest(decision.viewer, behaviour, requestId);
    const { target } = origin;
    if (!target || !behaviour.allowedMethods.has("GET")) return refuseSocket(socket);
    return tunnel({ target, path, headers, viewer: socket, head, edgeHeaders: this.#edgeHeaders(requestId) });
  }

  async #decide(request: ViewerRequest): Promise<Decided> {
    const head = await this.#gate.readBodyHead(request.message);
    const decision = this.#gate.decide(request.viewer, head.bytes);
    if (!decision.page) return this.#serve({ ...request, viewer: decision.viewer }, head);
    const answer = await this.#content.withErrorPage(pageAnswer(decision.page), request.requestId);
    return { answer, blockedBy: decision.rule };
  }

  async #serve({ viewer, message, requestId }: ViewerRequest, head: BodyHead): Promise<Decided> {
    const rooted = this.#withRootObject(viewer);
    const behaviour = this.#routes.behaviourOf(rooted.path);
    const { method } = rooted;
    if (!behaviour.allowedMethods.has(method)) return ownAnswer(methodNotAllowed);
    const carriesBody = hasBody(message);
    if (carriesBody && (method === "GET" || method === "HEAD")) return ownAnswer(bodyNotAllowed);
    const changed = await this.#runFunction(rooted, behaviour, requestId);
    if ("answer" in changed) return changed;
    const body = carriesBody ? { body: { head, message } } : {};
    const answer = await this.#content.answer({ viewer: changed.viewer, behaviour, requestId, ...body });
    return { answer, responseHeadersPolicy: behaviour.responseHeadersPolicy };
  }

  #withRootObject(viewer: Viewer): Viewer {
    const { defaultRootObject } = this.#facts;
    return viewer.path === "/" && defaultRootObject ? { ...viewer, path: `/${defaultRootObject}` } : viewer;
  }

  /** The viewer's request as the behaviour's function changed it, or the function's own answer. */
  async #runFunction(
    viewer: Viewer,
    { viewerRequest }: CompiledBehaviour,
    requestId: string,
  ): Promise<{ readonly viewer: Viewer } | Decided> {
    if (!viewerRequest) return { viewer };
    try {
      const result = await viewerRequest(viewer);
      return "answer" in result ? ownAnswer({ ...result.answer, body: Buffer.from(result.answer.body) }) : result;
    } catch (error) {
      this.#facts.log(`${requestId} function failed: ${String(error)}`);
      return ownAnswer(functionFailed);
    }
  }

  #edgeHeaders(requestId: string): string[] {
    return ["Via", `1.1 ${this.#name} (CloudFront)`, "X-Amz-Cf-Pop", "LAP1", "X-Amz-Cf-Id", requestId];
  }
}

/** An answer of the edge itself, to which no response headers policy applies. */
function ownAnswer(page: EdgePage): Decided {
  return { answer: pageAnswer(page) };
}

function refuseSocket(socket: Duplex): number {
  const { status, body } = wafBlocked;
  socket.end(`HTTP/1.1 ${status} Forbidden\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  return status;
}
