import type { APIGatewayProxyResult } from "aws-lambda";
import { problems, problemType, type Refusal } from "../../../contract/problem.ts";
import type { Route } from "../../../contract/route.ts";
import type { Done, Outcome } from "../../inventory/index.ts";
import type { Received } from "./admission.ts";
import { matchesTag } from "./entity-tag.ts";
import type { Answer, TextAnswer } from "./route-handlers.ts";

const retryAfterSeconds = 1;

/**
 * Headers that let browsers read an answer. Any origin may send requests, because tokens are in a header, never in a
 * cookie.
 */
const crossOrigin = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": "ETag, Idempotent-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id",
};

/** Renders an outcome. `route` is undefined only for a refusal, when no route matches the request. */
export function renderOutcome(
  outcome: Outcome<Answer<Route>>,
  route: Route | undefined,
  received: Received,
): APIGatewayProxyResult {
  return outcome.kind === "refused" ? renderProblem(outcome.refusal, received) : renderAnswer(outcome, route, received);
}

/** Renders a refusal as problem details (RFC 9457). This is the only place that makes them. */
function renderProblem(refusal: Refusal, { requestId, event }: Received): APIGatewayProxyResult {
  const { status, title } = problems[refusal.code];
  const { code, detail, ...members } = refusal;
  const retry = status === 429 || status === 503;
  return {
    statusCode: status,
    headers: {
      ...crossOrigin,
      "Content-Type": "application/problem+json",
      "Cache-Control": "private, no-store",
      "X-Request-Id": requestId,
      ...(retry && { "Retry-After": String(retryAfterSeconds) }),
      ...(status === 401 && { "WWW-Authenticate": "Bearer" }),
      ...(refusal.code === "forbidden" && {
        "WWW-Authenticate": `Bearer error="insufficient_scope", scope="${refusal.requiredScope}"`,
      }),
    },
    body: JSON.stringify({
      type: problemType(code),
      title,
      status,
      code,
      detail,
      // The path as the client sees it.
      instance: event.requestContext.path || event.path,
      ...members,
    }),
  };
}

function renderAnswer(
  { value: answer, replayed }: Done<Answer<Route>>,
  route: Route | undefined,
  received: Received,
): APIGatewayProxyResult {
  const headers = {
    ...crossOrigin,
    "Cache-Control": answer.cacheControl ?? "private, no-store",
    // A shared cache must not give an anonymous answer to a request with a token: such a request gets a current answer.
    ...(route?.access.kind === "public" && { Vary: "Authorization" }),
    "X-Request-Id": received.requestId,
    ...(answer.etag !== undefined && { ETag: answer.etag }),
    ...(replayed && { "Idempotent-Replayed": "true" }),
  };
  const ifNoneMatch = received.headers.get("if-none-match")?.join(",");
  if (route?.etag && answer.etag !== undefined && ifNoneMatch !== undefined && matchesTag(ifNoneMatch, answer.etag)) {
    return { statusCode: 304, headers, body: "" };
  }
  if (Number(answer.status) === 204) return { statusCode: 204, headers, body: "" };
  const text = isText(answer);
  return {
    statusCode: Number(answer.status),
    headers: { ...headers, "Content-Type": text ? answer.contentType : "application/json" },
    body: text ? answer.text : JSON.stringify(answer.body),
  };
}

const isText = (answer: Answer<Route>): answer is TextAnswer => "text" in answer;
