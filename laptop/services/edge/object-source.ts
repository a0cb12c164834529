import { Readable } from "node:stream";
import type { Timers } from "../timers.ts";
import type { CompiledBehaviour } from "./behaviour.ts";
import { collectBody } from "./collect-body.ts";
import { originFailed } from "./edge-page.ts";
import { errorTtlSeconds, objectTtlSeconds, staleIfErrorSeconds } from "./freshness.ts";
import type { CachedObject, ObjectCache } from "./object-cache.ts";
import type { OriginRequest, OriginResponse } from "./origin.ts";
import { headerValue } from "./raw-headers.ts";
import { conditionsFor, refreshed, withConditions } from "./revalidation.ts";

export interface ObjectRequest {
  /** Undefined for a request that does not use the cache. */
  readonly key: string | undefined;
  readonly behaviour: CompiledBehaviour;
  readonly originRequest: OriginRequest;
  readonly ask: (request: OriginRequest) => Promise<OriginResponse>;
}

interface KeyedRequest extends ObjectRequest {
  readonly key: string;
}

/** An object in memory, or an answer of the origin that is passed through. */
export type SourcedObject =
  | { readonly object: CachedObject; readonly from: "Hit" | "Miss" | "RefreshHit" }
  | { readonly passing: OriginResponse };

export interface ObjectSourceOptions {
  readonly cache: ObjectCache;
  readonly timers: Timers;
  /** How long an error of this status is cached at least. */
  readonly errorSecondsMin: (status: number) => number | undefined;
}

/** Larger objects pass through: the cache would hold little else. */
const objectBytesMax = 8 * 1024 * 1024;

/** Answers from the cache, or from the origin: viewers who want the same object at the same time cause one request to it. */
export class ObjectSource {
  readonly #cache: ObjectCache;
  readonly #timers: Timers;
  readonly #errorSecondsMin: (status: number) => number | undefined;
  /** By key. An object that is on its way, or undefined when the answer to come cannot serve other viewers. */
  readonly #pending = new Map<string, Promise<CachedObject | undefined>>();

  constructor({ cache, timers, errorSecondsMin }: ObjectSourceOptions) {
    this.#cache = cache;
    this.#timers = timers;
    this.#errorSecondsMin = errorSecondsMin;
  }

  async find(request: ObjectRequest): Promise<SourcedObject> {
    const { key, behaviour, originRequest } = request;
    if (key === undefined) return { passing: await askOrErrorPage(request) };
    const keyed = { ...request, key };
    const cached = this.#cache.get(key);
    if (cached && this.#timers.now() < cached.freshUntilMs) return { object: cached, from: "Hit" };
    const isPart = headerValue(originRequest.headers, "range") !== undefined;
    if (isPart || originRequest.method === "HEAD") return { passing: await askOrErrorPage(request) };
    if (!behaviour.caches) return this.#fetch(keyed, cached);
    const pending = this.#pending.get(key);
    if (!pending) return this.#fetchForAll(keyed, cached);
    const object = await pending;
    return object ? { object, from: "Hit" } : this.#fetch(keyed, cached);
  }

  /** Fetches once for every viewer who asks for the same key meanwhile. */
  async #fetchForAll(request: KeyedRequest, stale: CachedObject | undefined): Promise<SourcedObject> {
    const { promise, resolve } = Promise.withResolvers<CachedObject | undefined>();
    this.#pending.set(request.key, promise);
    let object: CachedObject | undefined;
    try {
      const found = await this.#fetch(request, stale);
      if ("object" in found) object = found.object;
      return found;
    } finally {
      this.#pending.delete(request.key);
      resolve(object);
    }
  }

  async #fetch(request: KeyedRequest, stale: CachedObject | undefined): Promise<SourcedObject> {
    const { behaviour, originRequest } = request;
    const canRevalidate = stale && stale.status < 400 && !behaviour.forwarding.forwardsCookies;
    const conditions = canRevalidate ? conditionsFor(stale.headers) : [];
    const isConditional = conditions.length > 0;
    const response = await askOrErrorPage(
      isConditional ? { ...request, originRequest: withConditions(originRequest, conditions) } : request,
    );
    if (stale && response.status === 304 && isConditional) {
      response.body.resume();
      return this.#keep(request, refreshed(stale, response.headers), "RefreshHit");
    }
    if (stale && response.status >= 500 && this.#mayServeStale(stale)) {
      return this.#serveStale(request.key, stale, response);
    }
    return this.#take(request, response);
  }

  /** A new answer of the origin: kept when it may be and is not too large, else passed through. */
  async #take(request: KeyedRequest, response: OriginResponse): Promise<SourcedObject> {
    if (this.#ttlSeconds(response, request.behaviour) === undefined) {
      this.#cache.delete(request.key);
      return { passing: response };
    }
    const collected = await collectBody(response.body, objectBytesMax);
    if ("tooLarge" in collected) return { passing: { ...response, body: collected.tooLarge } };
    return this.#keep(request, { ...response, body: collected.whole }, "Miss");
  }

  #keep(
    { key, behaviour }: KeyedRequest,
    answer: Pick<CachedObject, "status" | "headers" | "body">,
    from: "Miss" | "RefreshHit",
  ): SourcedObject {
    const now = this.#timers.now();
    const ttlSeconds = this.#ttlSeconds(answer, behaviour);
    const { status, headers, body } = answer;
    const object = { status, headers, body, storedAtMs: now, freshUntilMs: now + (ttlSeconds ?? 0) * 1_000 };
    if (ttlSeconds === undefined) this.#cache.delete(key);
    else this.#cache.set(key, object);
    return { object, from };
  }

  /** A successful object is served while its origin fails, as long as the origin itself allowed. */
  #mayServeStale({ status, headers, freshUntilMs }: CachedObject): boolean {
    return status < 400 && this.#timers.now() <= freshUntilMs + staleIfErrorSeconds(headers) * 1_000;
  }

  /** The origin is not asked again before the error's own time in the cache has passed. */
  #serveStale(key: string, stale: CachedObject, { status, headers, body }: OriginResponse): SourcedObject {
    body.resume();
    const seconds = errorTtlSeconds(status, headers, this.#errorSecondsMin(status));
    const object = { ...stale, freshUntilMs: this.#timers.now() + seconds * 1_000 };
    this.#cache.set(key, object);
    return { object, from: "Hit" };
  }

  /** Undefined when the answer is not kept, as the cache could never answer with it. */
  #ttlSeconds(
    { status, headers }: Pick<OriginResponse, "status" | "headers">,
    { cachePolicy }: CompiledBehaviour,
  ): number | undefined {
    if (status >= 400) return errorTtlSeconds(status, headers, this.#errorSecondsMin(status)) || undefined;
    if (status === 206 || status === 304) return undefined;
    const seconds = objectTtlSeconds(headers, cachePolicy, this.#timers.now());
    return seconds === 0 && conditionsFor(headers).length === 0 ? undefined : seconds;
  }
}

/** An origin that gives no answer becomes CloudFront's error page. */
async function askOrErrorPage({ ask, originRequest }: ObjectRequest): Promise<OriginResponse> {
  try {
    return await ask(originRequest);
  } catch (error) {
    const { status, headers, body } = originFailed(error);
    return { status, headers, body: Readable.from([body]) };
  }
}
