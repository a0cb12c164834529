import type { IncomingMessage } from "node:http";

/** A request before its route is known. */
export interface GatewayRequest {
  readonly method: string;
  /** With the stage, as sent. */
  readonly fullPath: string;
  readonly stage: string;
  /** Without the stage. */
  readonly path: string;
  readonly headers: MultiValues;
  readonly query: MultiValues;
  /** The query as sent, without the question mark. */
  readonly queryString: string;
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly requestId: string;
  readonly receivedAt: number;
}

/** Names as sent, with all values in order. */
export type MultiValues = Readonly<Record<string, readonly string[]>>;

export function readRequest(options: {
  message: IncomingMessage;
  body: Buffer;
  requestId: string;
  now: number;
}): GatewayRequest {
  const { message } = options;
  const url = message.url ?? "/";
  const questionMark = url.indexOf("?");
  const queryString = questionMark < 0 ? "" : url.slice(questionMark + 1);
  const fullPath = questionMark < 0 ? url : url.slice(0, questionMark);
  const [, stage = ""] = fullPath.split("/");
  const sourceIp = message.socket.remoteAddress ?? "127.0.0.1";
  return {
    method: message.method ?? "GET",
    fullPath,
    stage,
    path: fullPath.slice(stage.length + 1) || "/",
    headers: withForwarded(readHeaders(message.rawHeaders), message, { sourceIp, requestId: options.requestId }),
    query: readQuery(queryString),
    queryString,
    body: options.body,
    sourceIp,
    requestId: options.requestId,
    receivedAt: options.now,
  };
}

/** The last of several values, as `headers` and `queryStringParameters` have them. */
export function lastValues(values: MultiValues): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list.at(-1) ?? ""]));
}

/** Header names are compared without case. */
export function headerOf(headers: MultiValues, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return Object.entries(headers)
    .find(([candidate]) => candidate.toLowerCase() === wanted)?.[1]
    .at(-1);
}

function readHeaders(raw: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (let index = 0; index < raw.length; index += 2) {
    const [name = "", value = ""] = [raw[index], raw[index + 1]];
    // A hop-by-hop header: it is about this connection only.
    if (name.toLowerCase() === "connection") continue;
    const known = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name.toLowerCase()) ?? name;
    headers[known] = [...(headers[known] ?? []), value];
  }
  return headers;
}

/** Adds the gateway's own headers. They replace the caller's, whose names may be in any case; X-Forwarded-For keeps its addresses. */
function withForwarded(
  sent: MultiValues,
  message: IncomingMessage,
  { sourceIp, requestId }: { sourceIp: string; requestId: string },
): MultiValues {
  const passed = headerOf(sent, "x-forwarded-for");
  const own: MultiValues = {
    "X-Amzn-Trace-Id": [`Root=1-${requestId.slice(0, 8)}-${requestId.replaceAll("-", "").slice(8)}`],
    "X-Forwarded-For": [passed === undefined ? sourceIp : `${passed}, ${sourceIp}`],
    "X-Forwarded-Port": [String(message.socket.localPort ?? 80)],
    "X-Forwarded-Proto": ["http"],
  };
  const names = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const kept = Object.entries(sent).filter(([name]) => !names.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...own };
}

function readQuery(text: string): Record<string, string[]> {
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) query[name] = [...(query[name] ?? []), value];
  return query;
}
