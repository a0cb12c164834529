import { Readable } from "node:stream";
import type { Timers } from "../timers.ts";
import type { CompiledBehaviour } from "./behaviour.ts";
import { originFailed } from "./edge-page.ts";
import { errorTtlSeconds, objectTtlSeconds, staleIfErrorSeconds } from "./freshness.ts";
import type { CachedObject, ObjectCache } from "./object-cache.ts";
import type { OriginRequest, OriginResponse } from "./origin.ts";
import { filtered, headerValue, overridden, type RawHeaders } from "./raw-headers.ts";

export interface ObjectRequest {
  /** Undefined for what never meets the cache. */
  readonly key: string | undefined;
  readonly behaviour: CompiledBehaviour;
  readonly originRequest: OriginRequest;
  readonly ask: (request: OriginRequest) => Promise<OriginResponse>;
}

interface KeyedRequest extends ObjectRequest {
  readonly key: string;
}

/** An object in memory, or an answer of the origin on its way. */
export type Found =
  | { readonly object: CachedObject; readonly from: "Hit" | "Miss" | "RefreshHit" }
  | { readonly passing: OriginResponse };

export interface ObjectSourceOptions {
  readonly cache: ObjectCache;
  readonly timers: Timers;
  /** How long an error of this status is kept at least. */
  readonly errorSecondsMin: (status: number) => number | undefined;
}

/** Larger objects pass through: the cache would hold little else. */
const objectBytesMax = 8 * 1024 * 1024;
const conditions: ReadonlySet<string> = new Set([
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
]);

/** Answers from the cache, and asks the origin where it must: once for all who want the same object at the same time. */
export function createObjectSource({ cache, timers, errorSecondsMin }: ObjectSourceOptions) {
  const flights = new Map<string, Promise<CachedObject | undefined>>();

  async function find(request: ObjectRequest): Promise<Found> {
    const { key, behaviour, originRequest } = request;
    if (key === undefined) return { passing: await askOrFail(request) };
    const keyed = { ...request, key };
    const kept = cache.get(key);
    if (kept && timers.now() < kept.freshUntilMs) return { object: kept, from: "Hit" };
    const isPart = headerValue(originRequest.headers, "range") !== undefined;
    if (isPart || originRequest.method === "HEAD") return { passing: await askOrFail(request) };
    if (!behaviour.caches) return fetchObject(keyed, kept);
    const flight = flights.get(key);
    if (!flight) return takeOff(keyed, kept);
    const object = await flight;
    return object ? { object, from: "Hit" } : fetchObject(keyed, kept);
  }

  /** What others wait for: an object, or nothing that could serve them too. */
  async function takeOff(request: KeyedRequest, stale: CachedObject | undefined): Promise<Found> {
    const { promise, resolve } = Promise.withResolvers<CachedObject | undefined>();
    flights.set(request.key, promise);
    let object: CachedObject | undefined;
    try {
      const found = await fetchObject(request, stale);
      if ("object" in found) object = found.object;
      return found;
    } finally {
      flights.delete(request.key);
      resolve(object);
    }
  }

  async function fetchObject(request: KeyedRequest, stale: CachedObject | undefined): Promise<Found> {
    const { key, behaviour } = request;
    const isConfirmed = stale && stale.status < 400 && !behaviour.forwardsCookies;
    const conditional = isConfirmed ? validatorsOf(stale) : [];
    const response = await askOrFail(conditional.length === 0 ? request : withConditions(request, conditional));
    if (stale && response.status === 304 && conditional.length > 0) {
      response.body.resume();
      return keep(key, refreshed(stale, response.headers), { behaviour, from: "RefreshHit" });
    }
    if (stale && response.status >= 500 && mayServe(stale)) {
      response.body.resume();
      const seconds = errorTtlSeconds(response.status, response.headers, errorSecondsMin(response.status));
      const object = { ...stale, freshUntilMs: timers.now() + seconds * 1_000 };
      cache.set(key, object);
      return { object, from: "Hit" };
    }
    if (ttlOf(response, behaviour) === undefined) {
      cache.delete(key);
      return { passing: response };
    }
    const collected = await collect(response.body);
    if ("tooLarge" in collected) return { passing: { ...response, body: collected.tooLarge } };
    return keep(key, { ...response, body: collected.whole }, { behaviour, from: "Miss" });
  }

  async function askOrFail({ ask, originRequest }: ObjectRequest): Promise<OriginResponse> {
    try {
      return await ask(originRequest);
    } catch (error) {
      const { status, headers, body } = originFailed(error);
      return { status, headers, body: Readable.from([body]) };
    }
  }

  function keep(
    key: string,
    answer: Pick<CachedObject, "status" | "headers" | "body">,
    { behaviour, from }: { behaviour: CompiledBehaviour; from: "Miss" | "RefreshHit" },
  ): Found {
    const now = timers.now();
    const ttlSeconds = ttlOf(answer, behaviour);
    const { status, headers, body } = answer;
    const object = { status, headers, body, storedAtMs: now, freshUntilMs: now + (ttlSeconds ?? 0) * 1_000 };
    if (ttlSeconds === undefined) cache.delete(key);
    else cache.set(key, object);
    return { object, from };
  }

  /** Undefined when the answer is not kept: nothing could ever come of it. */
  function ttlOf(
    { status, headers }: Pick<OriginResponse, "status" | "headers">,
    { cachePolicy }: CompiledBehaviour,
  ): number | undefined {
    if (status >= 400) return errorTtlSeconds(status, headers, errorSecondsMin(status)) || undefined;
    if (status === 206 || status === 304) return undefined;
    const seconds = objectTtlSeconds(headers, cachePolicy, timers.now());
    return seconds === 0 && validatorsOf({ headers }).length === 0 ? undefined : seconds;
  }

  /** A successful object outlives its origin's failures, as long as the origin itself allowed. */
  function mayServe({ status, headers, freshUntilMs }: CachedObject): boolean {
    return status < 400 && timers.now() <= freshUntilMs + staleIfErrorSeconds(headers) * 1_000;
  }

  return { find };
}

function validatorsOf({ headers }: Pick<CachedObject, "headers">): (readonly [string, string])[] {
  const etag = headerValue(headers, "etag");
  const modified = headerValue(headers, "last-modified");
  return [
    ...(etag === undefined ? [] : [["If-None-Match", etag] as const]),
    ...(modified === undefined ? [] : [["If-Modified-Since", modified] as const]),
  ];
}

/** The cache's own conditions instead of the viewer's, which are judged by what comes back. */
function withConditions(request: KeyedRequest, conditional: readonly (readonly [string, string])[]): KeyedRequest {
  const { originRequest } = request;
  const plain = filtered(originRequest.headers, (name) => !conditions.has(name));
  return { ...request, originRequest: { ...originRequest, headers: [...plain, ...conditional.flat()] } };
}

function refreshed(stale: CachedObject, headers: RawHeaders): CachedObject {
  const news: (readonly [string, string])[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? "";
    if (!/^(content-|transfer-|connection|keep-alive)/i.test(name)) news.push([name, headers[index + 1] ?? ""]);
  }
  return { ...stale, headers: overridden(stale.headers, news) };
}

async function collect(body: Readable): Promise<{ whole: Buffer } | { tooLarge: Readable }> {
  const chunks: Buffer[] = [];
  let size = 0;
  const iterator = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await iterator.next();
    if (done) return { whole: Buffer.concat(chunks) };
    chunks.push(value);
    size += value.length;
    if (size > objectBytesMax) return { tooLarge: Readable.from(rest(chunks, iterator)) };
  }
}

async function* rest(chunks: readonly Buffer[], iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
}
