import type { Readable } from "node:stream";
import type { CompiledBehaviour } from "./behaviour.ts";
import type { EdgePage } from "./edge-page.ts";
import type { CachedObject } from "./object-cache.ts";
import type { SourcedObject } from "./object-source.ts";
import { filtered, hopByHop, overridden, type RawHeaders } from "./raw-headers.ts";
import { isNotModified } from "./revalidation.ts";
import type { Viewer } from "./viewer.ts";

/** What a viewer is answered, before the headers that every answer of the edge has. */
export interface EdgeAnswer {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: Buffer | Readable;
  readonly cache: "Hit" | "Miss" | "RefreshHit";
  /** How long the object has been in the cache. */
  readonly ageSeconds?: number;
}

export function pageAnswer({ status, headers, body }: EdgePage): EdgeAnswer {
  return { status, headers, body, cache: "Miss" };
}

/** The answer for what the cache or the origin gave. */
export function objectAnswer(
  sourced: SourcedObject,
  { viewer, behaviour, nowMs }: { viewer: Viewer; behaviour: CompiledBehaviour; nowMs: number },
): EdgeAnswer {
  if ("passing" in sourced) {
    const { status, headers, body } = sourced.passing;
    return { status, headers: cleaned(headers, behaviour), body, cache: "Miss" };
  }
  const { object, from } = sourced;
  const age = from === "Miss" ? {} : { ageSeconds: Math.floor((nowMs - object.storedAtMs) / 1_000) };
  return { ...storedAnswer(object, viewer, behaviour), cache: from, ...age };
}

function storedAnswer(object: CachedObject, viewer: Viewer, behaviour: CompiledBehaviour) {
  const { status, body } = object;
  const headers = cleaned(object.headers, behaviour);
  if (!behaviour.forwarding.forwardsCookies && isNotModified(object, viewer)) {
    const validators = filtered(headers, (header) => !header.startsWith("content-"));
    return { status: 304, headers: validators, body: Buffer.alloc(0) };
  }
  return { status, headers: overridden(headers, [["Content-Length", String(body.length)]]), body };
}

/** An origin that gets no cookies sets none at the viewer either. */
function cleaned(headers: RawHeaders, { forwarding }: CompiledBehaviour): string[] {
  return filtered(
    headers,
    (header) => !hopByHop.has(header) && (header !== "set-cookie" || forwarding.forwardsCookies),
  );
}
