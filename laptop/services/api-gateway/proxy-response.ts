import { z } from "zod";
import type { GatewayAnswer } from "./gateway-answer.ts";
import { isBinary } from "./proxy-event.ts";

const HeaderValue = z.union([z.string(), z.number(), z.boolean()]);
const Payload = z.looseObject({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), HeaderValue.nullable()).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(HeaderValue)).nullish(),
  body: z.union([z.string(), z.number(), z.boolean()]).nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** Headers that API Gateway renames in an integration's response: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html */
const remapped = [
  "authorization",
  "connection",
  "content-length",
  "content-md5",
  "date",
  "expect",
  "host",
  "max-forwards",
  "server",
  "te",
  "transfer-encoding",
  "trailer",
  "upgrade",
  "user-agent",
  "www-authenticate",
];

/** Reads what the function of a proxy integration returned; undefined when that is not a proxy response. */
export function readProxyResponse(options: {
  payload: string;
  binaryMediaTypes: readonly string[];
  accept: string | undefined;
}): GatewayAnswer | undefined {
  const parsed = Payload.safeParse(JSON.parse(options.payload));
  if (!parsed.success) return undefined;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = parsed.data;
  const many = Object.entries(multiValueHeaders ?? {}).flatMap(([name, values]) =>
    values.map((value): [string, string] => [name, String(value)]),
  );
  const overridden = new Set(many.map(([name]) => name.toLowerCase()));
  const single = Object.entries(headers ?? {})
    .filter(([name, value]) => value !== null && !overridden.has(name.toLowerCase()))
    .map(([name, value]): [string, string] => [name, String(value)]);
  const all = [...single, ...many].map(([name, value]): [string, string] => [remap(name), value]);
  const typed = all.some(([name]) => name.toLowerCase() === "content-type");
  const text = body === null || body === undefined ? "" : String(body);
  // As on AWS, the body is decoded only when the caller's first Accept type is a binary type.
  const decoded = isBase64Encoded === true && isBinary(options.binaryMediaTypes, options.accept);
  return {
    status: statusCode,
    headers: typed ? all : [...all, ["Content-Type", "application/json"]],
    body: Buffer.from(text, decoded ? "base64" : "utf8"),
  };
}

function remap(name: string): string {
  return remapped.includes(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name;
}
