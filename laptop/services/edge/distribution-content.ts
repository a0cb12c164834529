import type { Timers } from "../timers.ts";
import type { CompiledBehaviour } from "./behaviour.ts";
import type { DistributionRoutes } from "./distribution-routes.ts";
import { type EdgeAnswer, objectAnswer } from "./edge-answer.ts";
import type { ErrorResponseOptions } from "./edge-service.ts";
import { ObjectCache } from "./object-cache.ts";
import { ObjectSource } from "./object-source.ts";
import type { OriginRequest } from "./origin.ts";
import type { Viewer } from "./viewer.ts";

export interface DistributionContentOptions {
  readonly routes: DistributionRoutes;
  readonly errorResponses: readonly ErrorResponseOptions[];
  readonly timers: Timers;
}

export interface ContentRequest {
  readonly viewer: Viewer;
  readonly behaviour: CompiledBehaviour;
  readonly requestId: string;
  readonly body?: OriginRequest["body"];
}

const cacheBytesMax = 64 * 1024 * 1024;

/** What a distribution answers from its cache and its origins, with pages of its own for errors. */
export class DistributionContent {
  readonly #routes: DistributionRoutes;
  readonly #errorResponses: ReadonlyMap<number, ErrorResponseOptions>;
  readonly #objects: ObjectSource;
  readonly #timers: Timers;

  constructor({ routes, errorResponses, timers }: DistributionContentOptions) {
    this.#routes = routes;
    this.#timers = timers;
    this.#errorResponses = new Map(errorResponses.map((response) => [response.status, response]));
    this.#objects = new ObjectSource({
      cache: new ObjectCache(cacheBytesMax),
      timers,
      errorSecondsMin: (status) => this.#errorResponses.get(status)?.cachedSecondsMin,
    });
  }

  async answer(request: ContentRequest): Promise<EdgeAnswer> {
    return this.withErrorPage(await this.#fetch(request), request.requestId);
  }

  /** The distribution's error page for the status of the answer; the answer itself when there is no such page. */
  async withErrorPage(answer: EdgeAnswer, requestId: string): Promise<EdgeAnswer> {
    const page = this.#errorResponses.get(answer.status)?.page;
    if (!page) return answer;
    const behaviour = this.#routes.behaviourOf(page.path);
    const found = await this.#fetch({ viewer: pageViewer(page.path), behaviour, requestId });
    const isFound = found.status === 200;
    discard(isFound ? answer : found);
    return isFound ? { ...found, status: page.status } : answer;
  }

  async #fetch({ viewer, behaviour, requestId, body }: ContentRequest): Promise<EdgeAnswer> {
    const { origin, path, headers } = this.#routes.originRequest(viewer, behaviour, requestId);
    const { method } = viewer;
    const sourced = await this.#objects.find({
      // A method that may change something does not use the cache.
      key: behaviour.cachesMethod(method) ? behaviour.cacheKey(viewer) : undefined,
      behaviour,
      originRequest: { method, path, headers, ...(body && { body }) },
      ask: origin.ask,
    });
    return objectAnswer(sourced, { viewer, behaviour, nowMs: this.#timers.now() });
  }
}

/** The edge itself asks for an error page. */
function pageViewer(path: string): Viewer {
  return { method: "GET", path, query: "", headers: [], ip: "", port: 0, httpVersion: "1.1" };
}

function discard({ body }: EdgeAnswer): void {
  if (!Buffer.isBuffer(body)) body.resume();
}
