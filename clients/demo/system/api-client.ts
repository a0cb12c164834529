import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { Problem } from "../../../contract/problem.ts";
import type { Route } from "../../../contract/route.ts";
import { type Operation, type Routes, routes } from "../../../contract/routes.ts";
import { SystemError } from "./endpoints.ts";
import type { TokenSource } from "./token.ts";

type Input<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;
type Member<R, Name extends string> = R extends Record<Name, unknown> ? R[Name] : undefined;
type Value<O extends Operation> = z.output<
  Routes[O]["answers"][keyof Routes[O]["answers"]] extends { schema: infer S extends z.ZodType } ? S : never
>;

/** The time from just before a request was sent to just after its answer was read, in epoch milliseconds. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface CallOptions<O extends Operation> {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: Input<Member<Routes[O], "body">>;
  /** `Idempotency-Key`; retries repeat it. */
  readonly key?: string;
  readonly ifMatch?: string;
}

/** `window` is the time window of the request that was answered; `status` distinguishes created from replaced. */
export type Answer<O extends Operation> =
  | { readonly kind: "done"; readonly value: Value<O>; readonly status: number; readonly window: Window }
  | { readonly kind: "refused"; readonly problem: Problem; readonly window: Window };

export interface ApiClientOptions {
  readonly baseUrl: string;
  readonly tokens: TokenSource;
  /** How long one call retries without an answer before it gives up. @default 120 s */
  readonly outageMsMax?: number;
  readonly onAnswer?: (operation: Operation, window: Window) => void;
  readonly onRetry?: (operation: Operation, why: string) => void;
}

/** A command is answered within 10 s (contract). A request that takes longer counts as lost and is sent again. */
const answerMsMax = 15_000;
const waitMsMax = 2_000;
/**
 * The number of retries after errors that waiting does not fix: a bug (500) or a token (401). The idempotency key
 * makes the retries safe.
 */
const repeatCountMax: Readonly<Record<string, number>> = { "500": 5, "401": 3 };

type Attempt = { kind: "answer"; response: Response; text: string } | { kind: "again"; why: string; waitMs?: number };

export class ApiClient {
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /** Sends a request until it gets a final answer. Retries throttling and outages with the same key. */
  async call<O extends Operation>(operation: O, options: CallOptions<O>): Promise<Answer<O>> {
    let failingSinceMs: number | undefined;
    const counts: Record<string, number> = {};
    for (let attempt = 0; ; attempt += 1) {
      const fromMs = Date.now();
      const sent = await this.#send(operation, options);
      const window = { fromMs, toMs: Date.now() };
      if (sent.kind === "answer") {
        this.#options.onAnswer?.(operation, window);
        return readAnswer(operation, sent, window);
      }
      this.#options.onRetry?.(operation, sent.why);
      counts[sent.why] = (counts[sent.why] ?? 0) + 1;
      const tooOften = (counts[sent.why] ?? 0) > (repeatCountMax[sent.why] ?? Number.POSITIVE_INFINITY);
      failingSinceMs ??= window.toMs;
      if (tooOften || Date.now() - failingSinceMs > (this.#options.outageMsMax ?? 120_000)) {
        throw new SystemError(
          `${operation} got no answer from ${this.#options.baseUrl} (last: ${sent.why}); once the system is up, run the same again to resume`,
        );
      }
      await sleep(sent.waitMs ?? Math.random() * Math.min(waitMsMax, 50 * 2 ** attempt));
    }
  }

  async #send<O extends Operation>(operation: O, options: CallOptions<O>): Promise<Attempt> {
    const token = await this.#options.tokens.current();
    const route: Route = routes[operation];
    try {
      const response = await fetch(address(this.#options.baseUrl, route, options), {
        method: route.method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(options.body === undefined ? {} : { "content-type": "application/json" }),
          ...(options.key === undefined ? {} : { "idempotency-key": options.key }),
          ...(options.ifMatch === undefined ? {} : { "if-match": options.ifMatch }),
        },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
        signal: AbortSignal.timeout(answerMsMax),
      });
      const text = await response.text();
      if (response.status === 401) this.#options.tokens.renew(token);
      if (response.status !== 401 && response.status !== 429 && response.status < 500) {
        return { kind: "answer", response, text };
      }
      return { kind: "again", why: String(response.status), ...retryAfter(response) };
    } catch (error) {
      return { kind: "again", why: causeOf(error) };
    }
  }
}

function address(baseUrl: string, route: Route, options: Pick<CallOptions<Operation>, "path" | "query">): string {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = options.path?.[name];
    if (value === undefined) throw new Error(`${route.path}: no value for {${name}}`);
    return encodeURIComponent(value);
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options.query ?? {})) query.set(name, String(value));
  return `${baseUrl}${path}${query.size > 0 ? `?${query}` : ""}`;
}

function readAnswer<O extends Operation>(
  operation: O,
  sent: { response: Response; text: string },
  window: Window,
): Answer<O> {
  const { status } = sent.response;
  const answers: Route["answers"] = routes[operation].answers;
  const schema = status < 300 ? answers[status]?.schema : Problem;
  const parsed = schema?.safeParse(parseJson(sent.text));
  if (parsed === undefined || !parsed.success) {
    const why = parsed?.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    throw new SystemError(
      `${operation} was answered outside the contract: ${status} ${why ?? ""} ${sent.text.slice(0, 300)}`,
    );
  }
  if (status >= 300) return { kind: "refused", problem: parsed.data as Problem, window };
  // The schema is that of this operation's answer, which the table types only by status.
  return { kind: "done", value: parsed.data as Value<O>, status, window };
}

/** Parses an answer; null for the empty text of a 204. Text that is not JSON becomes undefined and fails the schema. */
function parseJson(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function retryAfter(response: Response): { waitMs: number } | Record<string, never> {
  const seconds = Number(response.headers.get("retry-after"));
  // Adds up to half a second at random, so that callers that were refused together do not retry together.
  return seconds > 0 ? { waitMs: Math.min(waitMsMax, seconds * 1_000) + Math.random() * 500 } : {};
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  if (error.name === "TimeoutError") return `nothing within ${answerMsMax / 1_000} s`;
  if (error instanceof TypeError && error.cause instanceof Error) {
    return "code" in error.cause ? String(error.cause.code) : error.cause.message;
  }
  throw error;
}
