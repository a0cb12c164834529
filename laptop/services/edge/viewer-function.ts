import { createContext, Script } from "node:vm";
import { z } from "zod";
import type { ViewerFunctionOptions } from "./edge-service.ts";
import { headerValue, type RawHeaders } from "./raw-headers.ts";
import type { Viewer } from "./viewer.ts";

/** An answer that a function gives, so that the origin is not asked. */
export interface FunctionAnswer {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: string;
}

export type ViewerFunction = (viewer: Viewer) => Promise<{ viewer: Viewer } | { answer: FunctionAnswer }>;

const Value = z.looseObject({
  value: z.string(),
  multiValue: z.array(z.looseObject({ value: z.string() })).optional(),
});
const Values = z.record(z.string(), Value).default({});
const AnswerShape = z.looseObject({
  statusCode: z.int(),
  headers: Values,
  body: z.union([z.string(), z.looseObject({ data: z.string() })]).default(""),
});
const RequestShape = z.looseObject({ uri: z.string().startsWith("/"), querystring: Values, headers: Values });
type Many = z.output<typeof Values>;

/** A function that runs longer has failed. AWS allows far less time, on faster machines. */
const runMsMax = 500;

/**
 * A viewer function as CloudFront runs it: it has no I/O and no state between requests.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 * @throws Error when the code does not compile
 */
export function compileViewerFunction({ name, code }: ViewerFunctionOptions): ViewerFunction {
  const script = new Script(`${code}\n;handler(JSON.parse(event));`, { filename: `${name}.js` });
  return async (viewer) => {
    const sandbox = createContext({ event: JSON.stringify(eventOf(viewer)), console: { log: () => undefined } });
    const result: unknown = await script.runInContext(sandbox, { timeout: runMsMax });
    const answered = AnswerShape.safeParse(result);
    if (answered.success) {
      const { statusCode: status, headers, body } = answered.data;
      return { answer: { status, headers: flat(headers), body: typeof body === "string" ? body : body.data } };
    }
    const { uri, querystring, headers: kept } = RequestShape.parse(result);
    const query = Object.entries(querystring).flatMap(([key, value]) => many(value).map((one) => `${key}=${one}`));
    // The function does not get the cookies; they are forwarded unchanged.
    const cookie = headerValue(viewer.headers, "cookie");
    const headers = [...flat(kept), ...(cookie === undefined ? [] : ["cookie", cookie])];
    return { viewer: { ...viewer, path: uri, query: query.join("&"), headers } };
  };
}

function eventOf({ method, path, query, headers, ip }: Viewer) {
  const querystring: Many = {};
  for (const pair of query === "" ? [] : query.split("&")) {
    const [name = "", ...rest] = pair.split("=");
    add(querystring, name, rest.join("="));
  }
  const named: Many = {};
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]?.toLowerCase() ?? "";
    if (name !== "cookie") add(named, name, headers[index + 1] ?? "");
  }
  const request = { method, uri: path, querystring, headers: named, cookies: {} };
  return { version: "1.0", context: { eventType: "viewer-request" }, viewer: { ip }, request };
}

function add(to: Many, name: string, value: string): void {
  const known = to[name];
  to[name] = known
    ? { ...known, multiValue: [...(known.multiValue ?? [{ value: known.value }]), { value }] }
    : { value };
}

function many({ value, multiValue }: z.output<typeof Value>): string[] {
  return multiValue?.map((one) => one.value) ?? [value];
}

function flat(values: Many): string[] {
  return Object.entries(values).flatMap(([name, value]) => many(value).flatMap((one) => [name, one]));
}
