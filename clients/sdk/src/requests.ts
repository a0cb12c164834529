import { jitteredMs, pause, retryAfterMs } from "./backoff.ts";
import { errorOf, HoldfastError } from "./error.ts";
import type { Ports } from "./ports.ts";

const attemptsMax = 5;
/** The time-out of an attempt. A command is answered within 10 s; archiving an item takes up to 25 s. */
const attemptMsMax = 30_000;
const retryDelay = { firstMs: 200, ceilingMs: 8_000 };
/** When `Retry-After` is longer than this, the caller gets the error instead of a retry. */
const retryAfterMsMax = 30_000;
/** The status codes to retry: throttled, or no service behind the gateway. */
const temporary = new Set([429, 502, 503, 504]);

/** Returns a bearer token. `refused` is the token that the API refused, if any. */
export type TokenSource = (refused?: string) => string | undefined | Promise<string | undefined>;

export interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

interface Sender {
  readonly ports: Ports;
  readonly token: TokenSource;
}

/**
 * Sends a request until it gets a final answer. Each attempt is identical, including its Idempotency-Key, so the
 * change is made once, whatever happened to the earlier attempts.
 */
export async function send({ ports, token }: Sender, request: Request): Promise<RawAnswer> {
  let bearer = await token();
  let isRenewed = false;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await sendOnce(ports, request, bearer);
    if (!(outcome instanceof HoldfastError)) return outcome;
    if (outcome.code === "unauthorized" && bearer !== undefined && !isRenewed) {
      const renewed = await token(bearer);
      if (renewed !== undefined && renewed !== bearer) {
        bearer = renewed;
        isRenewed = true;
        continue;
      }
    }
    const isTemporary = outcome.code === "network" || temporary.has(outcome.status);
    const askedMs = outcome.retryAfterMs ?? 0;
    if (!isTemporary || attempt >= attemptsMax || askedMs > retryAfterMsMax) throw outcome;
    await pause(ports, askedMs + jitteredMs(ports.random(), attempt, retryDelay), request.signal);
  }
}

async function sendOnce(
  ports: Ports,
  { method, url, headers, body, signal }: Request,
  bearer: string | undefined,
): Promise<RawAnswer | HoldfastError> {
  signal?.throwIfAborted();
  const abort = new AbortController();
  const forward = () => abort.abort(signal?.reason);
  signal?.addEventListener("abort", forward, { once: true });
  const cancelTimeout = ports.after(attemptMsMax, () => abort.abort(new Error(`no answer in ${attemptMsMax} ms`)));
  try {
    const authorization: Record<string, string> = bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };
    const response = await ports.fetch(url, {
      method,
      headers: { ...headers, ...authorization },
      body,
      signal: abort.signal,
    });
    const parsed = await bodyOf(response);
    if (response.ok) return { status: response.status, headers: response.headers, body: parsed };
    return errorOf(response.status, parsed, retryAfterMs(response.headers.get("Retry-After"), ports.now()));
  } catch (cause) {
    signal?.throwIfAborted();
    return new HoldfastError({ code: "network", message: `no answer from ${method} ${url}`, cause });
  } finally {
    cancelTimeout();
    signal?.removeEventListener("abort", forward);
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!/[/+]json/.test(response.headers.get("Content-Type") ?? "")) return text;
  try {
    return JSON.parse(text);
  } catch (cause) {
    // An incomplete answer counts as none, so the request may be repeated.
    throw new Error("the answer is not JSON", { cause });
  }
}
