import { type Operations, operations } from "./operations.generated.ts";
import type { Ports } from "./ports.ts";
import { send, type TokenSource } from "./requests.ts";

export type OperationName = keyof Operations;
export type InputOf<O extends OperationName> = Operations[O]["input"];
export type AnswerOf<O extends OperationName> = Operations[O]["answer"];

export interface CallOptions {
  /** The key of a POST. A call that is repeated with the same key acts once. @default a new key */
  readonly idempotencyKey?: string;
  /** Changes the object only if it still has this version. 0 means that it must not exist yet. */
  readonly ifVersion?: number;
  readonly signal?: AbortSignal;
}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly etag: string | undefined;
  /** Whether an earlier request with this key had already executed the command. */
  readonly isReplayed: boolean;
}

/** Calls an operation and returns the body with status and headers. */
export type Call = <O extends OperationName>(
  operation: O,
  input: InputOf<O>,
  options?: CallOptions,
) => Promise<Answer<AnswerOf<O>>>;

/** One method per operation of the API. It takes path, query and `body` in one object and returns the answer's body. */
export type Methods = {
  readonly [O in OperationName]: (
    ...input: Record<string, never> extends InputOf<O>
      ? [input?: InputOf<O>, options?: CallOptions]
      : [input: InputOf<O>, options?: CallOptions]
  ) => Promise<AnswerOf<O>>;
};

export function createCall(from: { readonly api: string; readonly ports: Ports; readonly token: TokenSource }): Call {
  const base = from.api.replace(/\/+$/, "");
  return async <O extends OperationName>(operation: O, input: InputOf<O>, options: CallOptions = {}) => {
    const [method = "", template = ""] = operations[operation].split(" ");
    const { body, ...parameters } = input as { readonly body?: unknown };
    const headers: Record<string, string> = {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (method === "POST") headers["Idempotency-Key"] = options.idempotencyKey ?? from.ports.newId();
    if (options.ifVersion !== undefined) headers["If-Match"] = `"${options.ifVersion}"`;
    const answer = await send(from, {
      method,
      url: base + pathOf(template, parameters),
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: options.signal,
    });
    return {
      status: answer.status,
      body: answer.body as AnswerOf<O>,
      etag: answer.headers.get("ETag") ?? undefined,
      isReplayed: answer.headers.get("Idempotent-Replayed") === "true",
    };
  };
}

export function createMethods(call: Call): Methods {
  const entries = Object.keys(operations).map((name) => [
    name,
    async (input: object = {}, options?: CallOptions) =>
      (await call(name as OperationName, input as InputOf<OperationName>, options)).body,
  ]);
  // Names and functions come from the same table as the type.
  return Object.fromEntries(entries) as Methods;
}

/** Puts parameters that the path names into the path, and all others into the query. */
function pathOf(template: string, parameters: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  const names = new Set<string>();
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    names.add(name);
    return encodeURIComponent(String(parameters[name]));
  });
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && !names.has(name)) query.set(name, String(value));
  }
  // `query.size` is not used, because Safari has it only since version 17.
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}
