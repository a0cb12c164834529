import type { RawHeaders } from "./raw-headers.ts";

/** An answer in the cache. */
export interface CachedObject {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: Buffer;
  /** When the origin gave the answer, or last confirmed it. */
  readonly storedAtMs: number;
  readonly freshUntilMs: number;
}

const overheadBytes = 512;

/** A cache with a maximum of bytes. It removes the least recently used objects first. */
export class ObjectCache {
  readonly #objects = new Map<string, CachedObject>();
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get(key: string): CachedObject | undefined {
    const found = this.#objects.get(key);
    if (!found) return undefined;
    this.#objects.delete(key);
    this.#objects.set(key, found);
    return found;
  }

  set(key: string, object: CachedObject): void {
    this.delete(key);
    this.#objects.set(key, object);
    this.#bytes += sizeOf(key, object);
    for (const oldest of this.#objects.keys()) {
      if (this.#bytes <= this.#bytesMax) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const found = this.#objects.get(key);
    if (!found) return;
    this.#objects.delete(key);
    this.#bytes -= sizeOf(key, found);
  }
}

function sizeOf(key: string, { headers, body }: CachedObject): number {
  return overheadBytes + key.length + body.length + headers.reduce((sum, text) => sum + text.length, 0);
}
