import type { Firewall } from "../waf/firewall.ts";
import type { WebRequest } from "../waf/web-acl.ts";
import type { AnswerOrRefusal } from "./gateway-answer.ts";
import type { GatewayRequest } from "./request.ts";

/** What the web ACL of a stage answers instead of the API; undefined when it lets the request through. */
export function blockedBy(firewall: Firewall | undefined, request: GatewayRequest): AnswerOrRefusal | undefined {
  const verdict = firewall?.evaluate(webRequest(request));
  if (verdict?.action !== "block") return undefined;
  const detail = verdict.groupRule === undefined ? verdict.rule : `${verdict.rule}/${verdict.groupRule}`;
  if (!verdict.response) return { refusal: { type: "WAF_FILTERED", detail } };
  const { status, headers, body } = verdict.response;
  return { status, headers, body: Buffer.from(body) };
}

function webRequest({ method, fullPath, queryString, headers, body, sourceIp }: GatewayRequest): WebRequest {
  const pairs = Object.entries(headers).flatMap(([name, values]) => values.map((value) => [name, value] as const));
  return { method, uriPath: fullPath, queryString, headers: pairs, body, clientIp: sourceIp };
}
