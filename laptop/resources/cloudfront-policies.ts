import { z } from "zod";
import type { Selection } from "../services/index.ts";
import { block, boolean, defineResource, ignored, number, optionalBlock, text, texts } from "./resource.ts";

const items = () => optionalBlock({ items: texts().default([]) });

const Query = z.enum(["none", "whitelist", "allExcept", "all"]);
const queryStrings = () => block({ query_string_behavior: Query, query_strings: items() });
const cookiesConfig = () => block({ cookie_behavior: Query, cookies: items() });

type Behaviour = z.infer<typeof Query>;
type Items = { readonly items: readonly string[] } | undefined;

function selection(behaviour: Behaviour, given: Items): Selection {
  if (behaviour === "none" || behaviour === "all") return { kind: behaviour };
  return { kind: behaviour === "allExcept" ? behaviour : "only", names: given?.items ?? [] };
}

export const cloudfrontCachePolicy = defineResource({
  type: "aws_cloudfront_cache_policy",
  isGlobal: true,
  arguments: {
    name: text(),
    min_ttl: number().default(0),
    default_ttl: number().default(86_400),
    max_ttl: number().default(31_536_000),
    parameters_in_cache_key_and_forwarded_to_origin: block({
      cookies_config: cookiesConfig(),
      headers_config: block({ header_behavior: z.enum(["none", "whitelist"]).default("none"), headers: items() }),
      query_strings_config: queryStrings(),
      enable_accept_encoding_brotli: boolean().default(false),
      enable_accept_encoding_gzip: boolean().default(false),
    }),
    comment: ignored("descriptions have no effect"),
  },
  apply: (args, { services }) => {
    const key = args.parameters_in_cache_key_and_forwarded_to_origin;
    const { cookies_config: cookies, headers_config: headers, query_strings_config: query } = key;
    const { id } = services.edge.createCachePolicy({
      name: args.name,
      minTtlSeconds: args.min_ttl,
      defaultTtlSeconds: args.default_ttl,
      maxTtlSeconds: args.max_ttl,
      headers: selection(headers.header_behavior, headers.headers),
      query: selection(query.query_string_behavior, query.query_strings),
      cookies: selection(cookies.cookie_behavior, cookies.cookies),
      encodings: [
        ...(key.enable_accept_encoding_brotli ? (["br"] as const) : []),
        ...(key.enable_accept_encoding_gzip ? (["gzip"] as const) : []),
      ],
    });
    return { id, etag: id };
  },
  remove: "leaves nothing",
});

export const cloudfrontOriginRequestPolicy = defineResource({
  type: "aws_cloudfront_origin_request_policy",
  isGlobal: true,
  arguments: {
    name: text(),
    cookies_config: cookiesConfig(),
    headers_config: block({
      header_behavior: z.enum(["none", "whitelist", "allViewer", "allViewerAndWhitelistCloudFront", "allExcept"]),
      headers: items(),
    }),
    query_strings_config: queryStrings(),
    comment: ignored("descriptions have no effect"),
  },
  apply: (args, { services }) => {
    const { cookies_config: cookies, headers_config: headers, query_strings_config: query } = args;
    const isAll =
      headers.header_behavior === "allViewer" || headers.header_behavior === "allViewerAndWhitelistCloudFront";
    const { id } = services.edge.createOriginRequestPolicy({
      name: args.name,
      headers: isAll ? { kind: "all" } : selection(viewerHeaders(headers.header_behavior), headers.headers),
      madeHeaders: isAll ? (headers.headers?.items ?? []) : [],
      query: selection(query.query_string_behavior, query.query_strings),
      cookies: selection(cookies.cookie_behavior, cookies.cookies),
    });
    return { id, etag: id };
  },
  remove: "leaves nothing",
});

function viewerHeaders(behaviour: string): Behaviour {
  const parsed = Query.safeParse(behaviour);
  return parsed.success ? parsed.data : "all";
}
