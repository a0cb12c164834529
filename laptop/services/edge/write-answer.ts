import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { EdgeAnswer } from "./edge-answer.ts";
import type { ResponseHeadersPolicy } from "./edge-service.ts";
import { filtered, type RawHeaders } from "./raw-headers.ts";
import { withPolicy } from "./response-headers.ts";
import type { Viewer } from "./viewer.ts";

export interface WriteAnswerOptions {
  readonly viewer: Viewer;
  readonly policy: ResponseHeadersPolicy | undefined;
  /** The headers that every answer of the distribution has. */
  readonly edgeHeaders: RawHeaders;
}

/** The value of X-Cache. */
export function cacheStatus({ status, cache }: EdgeAnswer): string {
  return `${status >= 400 ? "Error" : cache} from cloudfront`;
}

/** Writes the answer to the viewer, with the headers of its policy and of the edge. */
export function writeAnswer(response: ServerResponse, answer: EdgeAnswer, options: WriteAnswerOptions): void {
  const { viewer, policy, edgeHeaders } = options;
  const { status, body, ageSeconds } = answer;
  const age = ageSeconds === undefined ? [] : ["Age", String(ageSeconds)];
  const plain = age.length === 0 ? answer.headers : filtered(answer.headers, (header) => header !== "age");
  const headers = withPolicy(plain, policy, viewer);
  response.writeHead(status, [...headers, "X-Cache", cacheStatus(answer), ...age, ...edgeHeaders]);
  if (Buffer.isBuffer(body)) response.end(viewer.method === "HEAD" ? undefined : body);
  else pipe(body, response);
}

/** When the viewer goes away, the origin's answer ends too; when the origin breaks off, so does the answer to the viewer. */
function pipe(body: Readable, response: ServerResponse): void {
  body.once("error", () => response.destroy());
  response.once("close", () => {
    if (!response.writableFinished) body.destroy();
  });
  body.pipe(response);
}
