import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Timers } from "../timers.ts";
import type { BlockResponse, Firewall } from "../waf/firewall.ts";
import { type Behaviour, type CompiledBehaviour, compileBehaviour } from "./behaviour.ts";
import {
  bodyNotAllowed,
  type EdgePage,
  functionFailed,
  methodNotAllowed,
  urlTooLong,
  wafBlocked,
} from "./edge-page.ts";
import type { ErrorResponseOptions } from "./edge-service.ts";
import { type CachedObject, ObjectCache } from "./object-cache.ts";
import { createObjectSource, type Found } from "./object-source.ts";
import type { HttpTarget, OriginRequest, OriginResponse } from "./origin.ts";
import { filtered, headerValue, hopByHop, overridden, type RawHeaders } from "./raw-headers.ts";
import { withPolicy } from "./response-headers.ts";
import { tunnel } from "./tunnel.ts";
import { type BodyHead, hasBody, readBodyHead, readViewer, type Viewer } from "./viewer.ts";

/** Somewhere that answers come from. */
export interface Origin {
  readonly id: string;
  readonly host: string;
  readonly path: string;
  readonly customHeaders: readonly (readonly [name: string, value: string])[];
  readonly ask: (request: OriginRequest) => Promise<OriginResponse>;
  /** Where a WebSocket's handshake goes; a bucket takes none. */
  readonly target?: HttpTarget;
}

export interface DistributionFacts {
  readonly id: string;
  readonly origins: readonly Origin[];
  readonly behaviours: readonly Behaviour[];
  readonly errorResponses: readonly ErrorResponseOptions[];
  readonly defaultRootObject?: string;
  /** The web ACL before it, as it is now. */
  readonly firewall?: () => Firewall;
  readonly timers: Timers;
  readonly log: (line: string) => void;
}

export type Distribution = ReturnType<typeof createDistribution>;

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const urlBytesMax = 8_192;
const cacheBytesMax = 64 * 1024 * 1024;
const bodyless: BodyHead = { bytes: Buffer.alloc(0), isWhole: true };

interface Answer {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: Buffer | OriginResponse["body"];
  readonly cache: "Hit" | "Miss" | "RefreshHit";
  readonly ageSeconds?: number;
}

/** One distribution: everything between a viewer's request and its answer, without the port. */
export function createDistribution(facts: DistributionFacts) {
  const { timers } = facts;
  const name = `${facts.id.toLowerCase()}.cloudfront.net`;
  const behaviours = facts.behaviours.map(compileBehaviour);
  const origins = new Map(facts.origins.map((origin) => [origin.id, origin]));
  const errors = new Map(facts.errorResponses.map((response) => [response.status, response]));
  const objects = createObjectSource({
    cache: new ObjectCache(cacheBytesMax),
    timers,
    errorSecondsMin: (status) => errors.get(status)?.cachedSecondsMin,
  });

  function behaviourOf(path: string): CompiledBehaviour {
    const found = behaviours.find((behaviour) => behaviour.matches(path)) ?? behaviours.at(-1);
    if (!found) throw new Error(`the distribution ${facts.id} has no behaviour`);
    return found;
  }

  function originOf({ originId }: CompiledBehaviour): Origin {
    const found = origins.get(originId);
    if (!found) throw new Error(`the distribution ${facts.id} has no origin ${originId}`);
    return found;
  }

  function originRequest(viewer: Viewer, behaviour: CompiledBehaviour, requestId: string) {
    const origin = originOf(behaviour);
    const made = behaviour.originRequest(viewer, { host: origin.host, name, id: requestId });
    return {
      origin,
      path: `${origin.path}${made.path}`,
      headers: overridden(made.headers, origin.customHeaders),
    };
  }

  async function fetchAnswer(
    viewer: Viewer,
    behaviour: CompiledBehaviour,
    { requestId, body }: { requestId: string; body?: OriginRequest["body"] },
  ): Promise<Answer> {
    const { origin, path, headers } = originRequest(viewer, behaviour, requestId);
    const { method } = viewer;
    const found = await objects.find({
      // What changes things never meets the cache.
      key: behaviour.cachesMethod(method) ? behaviour.cacheKey(viewer) : undefined,
      behaviour,
      originRequest: { method, path, headers, ...(body && { body }) },
      ask: origin.ask,
    });
    return answerOf(found, viewer, behaviour);
  }

  function answerOf(found: Found, viewer: Viewer, behaviour: CompiledBehaviour): Answer {
    if ("passing" in found) {
      const { status, headers, body } = found.passing;
      return { status, headers: cleaned(headers, behaviour), body, cache: "Miss" };
    }
    const { object, from } = found;
    const headers = cleaned(object.headers, behaviour);
    const aged = from === "Miss" ? {} : { ageSeconds: Math.floor((timers.now() - object.storedAtMs) / 1_000) };
    if (!behaviour.forwardsCookies && isNotModified(object, viewer)) {
      const validators = filtered(headers, (header) => !header.startsWith("content-"));
      return { status: 304, headers: validators, body: bodyless.bytes, cache: from, ...aged };
    }
    const sized = overridden(headers, [["Content-Length", String(object.body.length)]]);
    return { status: object.status, headers: sized, body: object.body, cache: from, ...aged };
  }

  /** The page that stands for an error of this status, if one is there. */
  async function errorPage(answer: Answer, requestId: string): Promise<Answer> {
    const page = errors.get(answer.status)?.page;
    if (!page) return answer;
    const asked: Viewer = {
      method: "GET",
      path: page.path,
      query: "",
      headers: [],
      ip: "",
      port: 0,
      httpVersion: "1.1",
    };
    const found = await fetchAnswer(asked, behaviourOf(page.path), { requestId });
    discard(found.status === 200 ? answer.body : found.body);
    return found.status === 200 ? { ...found, status: page.status } : answer;
  }

  function inspect(viewer: Viewer, head: BodyHead) {
    const headers: [string, string][] = [];
    for (let index = 0; index < viewer.headers.length; index += 2) {
      headers.push([viewer.headers[index] ?? "", viewer.headers[index + 1] ?? ""]);
    }
    const { method, path: uriPath, query: queryString, ip: clientIp } = viewer;
    return facts.firewall?.().evaluate({ method, uriPath, queryString, headers, body: head.bytes, clientIp });
  }

  async function decide(viewer: Viewer, message: IncomingMessage, requestId: string) {
    const wanted = facts.firewall?.().bodyBytesWanted ?? 0;
    const head =
      wanted === 0 ? { bytes: bodyless.bytes, isWhole: !hasBody(message) } : await readBodyHead(message, wanted);
    const verdict = inspect(viewer, head);
    if (verdict?.action === "block") {
      const refusal = edgeAnswer(verdict.response ? blockedAnswer(verdict.response) : wafBlocked);
      return { ...(await errorPage(refusal, requestId)), note: ` waf:${verdict.rule}` };
    }
    const passed = verdict ? { ...viewer, headers: withInserted(viewer.headers, verdict.headers) } : viewer;
    return { ...(await serve(passed, { message, head, requestId })), note: "" };
  }

  async function serve(
    asked: Viewer,
    { message, head, requestId }: { message: IncomingMessage; head: BodyHead; requestId: string },
  ): Promise<Answer & { readonly viewer?: Viewer; readonly behaviour?: CompiledBehaviour }> {
    const rooted =
      asked.path === "/" && facts.defaultRootObject ? { ...asked, path: `/${facts.defaultRootObject}` } : asked;
    const behaviour = behaviourOf(rooted.path);
    const { method } = rooted;
    if (!behaviour.allowedMethods.has(method)) return edgeAnswer(methodNotAllowed);
    const carriesBody = hasBody(message);
    if (carriesBody && (method === "GET" || method === "HEAD")) return edgeAnswer(bodyNotAllowed);
    let viewer = rooted;
    if (behaviour.viewerRequest) {
      const result = await behaviour.viewerRequest(rooted).catch((error: unknown) => {
        facts.log(`${requestId} function failed: ${String(error)}`);
        return undefined;
      });
      if (!result) return edgeAnswer(functionFailed);
      if ("answer" in result) return edgeAnswer({ ...result.answer, body: Buffer.from(result.answer.body) });
      viewer = result.viewer;
    }
    const body = carriesBody ? { body: { head, message } } : {};
    const answer = await errorPage(await fetchAnswer(viewer, behaviour, { requestId, ...body }), requestId);
    return { ...answer, viewer: asked, behaviour };
  }

  function edgeHeaders(requestId: string): string[] {
    return ["Via", `1.1 ${name} (CloudFront)`, "X-Amz-Cf-Pop", "LAP1", "X-Amz-Cf-Id", requestId];
  }

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = timers.now();
    const requestId = randomUUID();
    const viewer = readViewer(message);
    const isLong = (message.url?.length ?? 0) > urlBytesMax;
    const decided = isLong ? { ...edgeAnswer(urlTooLong), note: "" } : await decide(viewer, message, requestId);
    const policy = "behaviour" in decided ? decided.behaviour?.responseHeadersPolicy : undefined;
    const { status, body } = decided;
    const cache = `${status >= 400 ? "Error" : decided.cache} from cloudfront`;
    const age = decided.ageSeconds === undefined ? [] : ["Age", String(decided.ageSeconds)];
    const plain = age.length === 0 ? decided.headers : filtered(decided.headers, (header) => header !== "age");
    const headers = [...withPolicy(plain, policy, viewer), "X-Cache", cache, ...age, ...edgeHeaders(requestId)];
    response.writeHead(status, headers);
    if (Buffer.isBuffer(body)) response.end(viewer.method === "HEAD" ? undefined : body);
    else send(body, response);
    facts.log(
      `${requestId} ${viewer.method} ${viewer.path} ${status} ${cache}${decided.note} ${timers.now() - startedAt} ms`,
    );
  }

  async function upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const requestId = randomUUID();
    const asked = readViewer(message);
    const verdict = inspect(asked, bodyless);
    const behaviour = behaviourOf(asked.path);
    const { origin, path, headers } = originRequest(
      verdict?.action === "allow" ? { ...asked, headers: withInserted(asked.headers, verdict.headers) } : asked,
      behaviour,
      requestId,
    );
    const { target } = origin;
    let status = 403;
    if (verdict?.action === "block" || !target || !behaviour.allowedMethods.has("GET")) {
      const { body } = wafBlocked;
      socket.end(`HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    } else {
      status = await tunnel({ target, path, headers, viewer: socket, head, edgeHeaders: edgeHeaders(requestId) });
    }
    // Without the query: it may hold what opens connections.
    facts.log(`${requestId} GET ${asked.path} ${status} websocket`);
  }

  return { handle, upgrade };
}

function edgeAnswer({ status, headers, body }: EdgePage): Answer {
  return { status, headers, body, cache: "Miss" };
}

function blockedAnswer({ status, headers, body }: BlockResponse): EdgePage {
  const bytes = Buffer.from(body);
  return { status, headers: [...headers.flat(), "Content-Length", String(bytes.length)], body: bytes };
}

/** What a web ACL adds has its prefix. https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-incoming-request.html */
function withInserted(headers: RawHeaders, inserted: readonly (readonly [string, string])[]): RawHeaders {
  return overridden(
    headers,
    inserted.map(([header, value]) => [`x-amzn-waf-${header}`, value]),
  );
}

/** Cookies of an origin that is sent none are not for the viewer either. */
function cleaned(headers: RawHeaders, { forwardsCookies }: CompiledBehaviour): string[] {
  return filtered(headers, (header) => !hopByHop.has(header) && (header !== "set-cookie" || forwardsCookies));
}

/** The viewer's conditions, judged by the object at hand. */
function isNotModified(object: CachedObject, { method, headers }: Viewer): boolean {
  if (object.status !== 200 || (method !== "GET" && method !== "HEAD")) return false;
  const wanted = headerValue(headers, "if-none-match");
  if (wanted !== undefined) {
    const etag = headerValue(object.headers, "etag");
    return etag !== undefined && wanted.split(",").some((one) => one.trim() === "*" || weak(one) === weak(etag));
  }
  const since = Date.parse(headerValue(headers, "if-modified-since") ?? "");
  return Date.parse(headerValue(object.headers, "last-modified") ?? "") <= since;
}

function weak(etag: string): string {
  return etag.trim().replace(/^W\//, "");
}

function discard(body: Answer["body"]): void {
  if (!Buffer.isBuffer(body)) body.resume();
}

/** Ends with the origin's answer; a viewer that goes away ends it, and an origin that breaks off breaks off the viewer. */
function send(body: OriginResponse["body"], response: ServerResponse): void {
  body.once("error", () => response.destroy());
  response.once("close", () => {
    if (!response.writableFinished) body.destroy();
  });
  body.pipe(response);
}
