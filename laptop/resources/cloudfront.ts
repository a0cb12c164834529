import { z } from "zod";
import type { BehaviourOptions, OriginOptions, PolicyHeader, Selection } from "../services/index.ts";
import { defined } from "./defined.ts";
import { required } from "./registry.ts";
import {
  block,
  blocks,
  boolean,
  defineResource,
  ignored,
  notDestroyed,
  notMonitored,
  number,
  only,
  optionalBlock,
  refused,
  text,
  texts,
} from "./resource.ts";

const noTls = "there is no TLS on the loopback";
const oneAddress = "the laptop answers on one address";
const notCompressed = "compression of answers belongs to the network";
const remark = "a remark";

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
    comment: ignored(remark),
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
    comment: ignored(remark),
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

const override = { override: boolean() };

export const cloudfrontResponseHeadersPolicy = defineResource({
  type: "aws_cloudfront_response_headers_policy",
  isGlobal: true,
  arguments: {
    name: text(),
    cors_config: optionalBlock({
      access_control_allow_credentials: boolean(),
      access_control_allow_headers: items(),
      access_control_allow_methods: items(),
      access_control_allow_origins: items(),
      access_control_expose_headers: items(),
      access_control_max_age_sec: number().optional(),
      origin_override: boolean(),
    }),
    custom_headers_config: optionalBlock({
      items: blocks({ header: text(), value: text(), override: boolean() }).default([]),
    }),
    remove_headers_config: optionalBlock({ items: blocks({ header: text() }).default([]) }),
    security_headers_config: optionalBlock({
      content_security_policy: optionalBlock({ content_security_policy: text(), ...override }),
      content_type_options: optionalBlock(override),
      frame_options: optionalBlock({ frame_option: z.enum(["DENY", "SAMEORIGIN"]), ...override }),
      referrer_policy: optionalBlock({ referrer_policy: text(), ...override }),
      strict_transport_security: optionalBlock({
        access_control_max_age_sec: number(),
        include_subdomains: boolean().default(false),
        preload: boolean().default(false),
        ...override,
      }),
      xss_protection: optionalBlock({
        protection: boolean(),
        mode_block: boolean().default(false),
        report_uri: text().optional(),
        ...override,
      }),
    }),
    server_timing_headers_config: ignored(notMonitored),
    comment: ignored(remark),
  },
  apply: (args, { services }) => {
    const { cors_config: cors, custom_headers_config: custom, security_headers_config: security } = args;
    const { id } = services.edge.createResponseHeadersPolicy({
      name: args.name,
      headers: [
        ...(custom?.items.map(({ header, value, override }) => ({ name: header, value, override })) ?? []),
        ...securityHeaders(security ?? {}),
      ],
      remove: args.remove_headers_config?.items.map(({ header }) => header) ?? [],
      ...(cors && {
        cors: defined({
          allowOrigins: cors.access_control_allow_origins?.items ?? [],
          allowMethods: cors.access_control_allow_methods?.items ?? [],
          allowHeaders: cors.access_control_allow_headers?.items ?? [],
          exposeHeaders: cors.access_control_expose_headers?.items ?? [],
          allowCredentials: cors.access_control_allow_credentials,
          maxAgeSeconds: cors.access_control_max_age_sec,
          override: cors.origin_override,
        }),
      }),
    });
    return { id, etag: id };
  },
  remove: "leaves nothing",
});

type Overriding<More = object> = ({ readonly override: boolean } & More) | undefined;

function securityHeaders(given: {
  readonly content_security_policy?: Overriding<{ content_security_policy: string }>;
  readonly content_type_options?: Overriding;
  readonly frame_options?: Overriding<{ frame_option: string }>;
  readonly referrer_policy?: Overriding<{ referrer_policy: string }>;
  readonly strict_transport_security?: Overriding<{
    access_control_max_age_sec: number;
    include_subdomains: boolean;
    preload: boolean;
  }>;
  readonly xss_protection?: Overriding<{ protection: boolean; mode_block: boolean; report_uri?: string | undefined }>;
}): PolicyHeader[] {
  const { strict_transport_security: hsts, xss_protection: xss } = given;
  const age = `max-age=${hsts?.access_control_max_age_sec}`;
  const mode = xss?.mode_block ? "; mode=block" : xss?.report_uri ? `; report=${xss.report_uri}` : "";
  const all: [name: string, from: Overriding, value: string | undefined][] = [
    ["Content-Security-Policy", given.content_security_policy, given.content_security_policy?.content_security_policy],
    ["X-Content-Type-Options", given.content_type_options, "nosniff"],
    ["X-Frame-Options", given.frame_options, given.frame_options?.frame_option],
    ["Referrer-Policy", given.referrer_policy, given.referrer_policy?.referrer_policy],
    [
      "Strict-Transport-Security",
      hsts,
      `${age}${hsts?.include_subdomains ? "; includeSubDomains" : ""}${hsts?.preload ? "; preload" : ""}`,
    ],
    ["X-XSS-Protection", xss, xss?.protection ? `1${mode}` : "0"],
  ];
  return all.flatMap(([name, from, value]) =>
    from === undefined || value === undefined ? [] : [{ name, value, override: from.override }],
  );
}

export const cloudfrontFunction = defineResource({
  type: "aws_cloudfront_function",
  isGlobal: true,
  arguments: {
    name: text(),
    code: text(),
    runtime: only(["cloudfront-js-1.0", "cloudfront-js-2.0"], "there are no others"),
    publish: only([true], "what is not published serves nobody").optional(),
    key_value_store_associations: refused("there is no key value store"),
    comment: ignored(remark),
  },
  apply: (args, { services }) => {
    const { arn } = services.edge.createFunction({ name: args.name, code: args.code });
    return { id: args.name, arn, status: "UNASSOCIATED", etag: "1", live_stage_etag: "1" };
  },
  remove: "leaves nothing",
});

export const cloudfrontOriginAccessControl = defineResource({
  type: "aws_cloudfront_origin_access_control",
  isGlobal: true,
  arguments: {
    name: text(),
    origin_access_control_origin_type: only(["s3"], "buckets are the only origins that check who asks"),
    signing_behavior: only(["always"], "a bucket is asked in the distribution's own name"),
    signing_protocol: only(["sigv4"], "there is no other"),
    description: ignored(remark),
  },
  apply: (args, { registry }) => {
    registry.originAccessControls.add(args.name);
    return { id: args.name, etag: args.name };
  },
  remove: (args, { registry }) => void registry.originAccessControls.delete(args.name),
});

const behaviourArguments = {
  target_origin_id: text(),
  allowed_methods: texts(),
  cached_methods: texts(),
  cache_policy_id: text(),
  origin_request_policy_id: text().optional(),
  response_headers_policy_id: text().optional(),
  function_association: blocks({
    event_type: only(["viewer-request"], "functions run before the cache is asked"),
    function_arn: text(),
  }).default([]),
  viewer_protocol_policy: ignored(noTls),
  compress: ignored(notCompressed),
  realtime_log_config_arn: ignored(notMonitored),
  smooth_streaming: ignored("no video is streamed"),
  min_ttl: ignored("the cache policy says it"),
  default_ttl: ignored("the cache policy says it"),
  max_ttl: ignored("the cache policy says it"),
  forwarded_values: refused("use a cache policy"),
  lambda_function_association: refused("functions do not run at the edge; use aws_cloudfront_function"),
  trusted_key_groups: refused("signed addresses are not checked"),
  trusted_signers: refused("signed addresses are not checked"),
  field_level_encryption_id: refused("nothing is encrypted on the way"),
  grpc_config: refused("there is no HTTP/2 on the loopback"),
} as const;

const Origin = {
  origin_id: text(),
  domain_name: text(),
  origin_path: text().optional(),
  origin_access_control_id: text().optional(),
  custom_header: blocks({ name: text(), value: text() }).default([]),
  custom_origin_config: optionalBlock({
    http_port: number(),
    origin_read_timeout: number().default(30),
    https_port: ignored(noTls),
    origin_protocol_policy: ignored(noTls),
    origin_ssl_protocols: ignored(noTls),
    origin_keepalive_timeout: ignored("connections are kept as long as the origin keeps them"),
    ip_address_type: ignored(oneAddress),
  }),
  s3_origin_config: optionalBlock({
    origin_access_identity: only([""], "use an origin access control"),
  }),
  connection_attempts: ignored("an origin of this machine answers at once or not at all"),
  connection_timeout: ignored("an origin of this machine answers at once or not at all"),
  response_completion_timeout: ignored("the origin's own limit ends an answer"),
  origin_shield: ignored("there is one cache"),
  vpc_origin_config: refused("use the origin's address"),
} as const;

export const cloudfrontDistribution = defineResource({
  type: "aws_cloudfront_distribution",
  engines: ["queuesAndBuckets"],
  isGlobal: true,
  arguments: {
    enabled: only([true], "a distribution that is not enabled has no place on the laptop"),
    origin: blocks(Origin),
    default_cache_behavior: block(behaviourArguments),
    ordered_cache_behavior: blocks({ path_pattern: text(), ...behaviourArguments }).default([]),
    custom_error_response: blocks({
      error_code: number(),
      error_caching_min_ttl: number().optional(),
      response_code: number().optional(),
      response_page_path: text().optional(),
    }).default([]),
    default_root_object: text().optional(),
    web_acl_id: text().optional(),
    restrictions: block({
      geo_restriction: block({
        restriction_type: only(["none"], "where a viewer is cannot be known here"),
        locations: ignored("they are for restrictions alone"),
      }),
    }),
    staging: only([false], "there is one distribution for all").optional(),
    origin_group: refused("there is no second place to fail over to"),
    viewer_certificate: ignored(noTls),
    aliases: ignored(oneAddress),
    anycast_ip_list_id: ignored(oneAddress),
    comment: ignored(remark),
    continuous_deployment_policy_id: ignored("there is one distribution for all"),
    http_version: ignored("HTTP/1.1 is spoken on the loopback"),
    is_ipv6_enabled: ignored(oneAddress),
    logging_config: ignored("the laptop keeps its own logs"),
    price_class: ignored("there is one place"),
    retain_on_delete: ignored(notDestroyed),
    wait_for_deployment: ignored("it answers at once"),
  },
  apply: async (args, { services, registry }, place) => {
    const made = await services.edge.createDistribution(
      defined({
        name: place.address.split(".")[1] ?? place.address,
        origins: args.origin.map((origin) => originOf(origin, registry.originAccessControls)),
        behaviours: [...args.ordered_cache_behavior, { path_pattern: "*", ...args.default_cache_behavior }].map(
          behaviourOf,
        ),
        errorResponses: args.custom_error_response.map(errorResponseOf),
        defaultRootObject: args.default_root_object || undefined,
        webAclArn: args.web_acl_id || undefined,
      }),
    );
    return {
      id: made.id,
      arn: made.arn,
      domain_name: made.domainName,
      hosted_zone_id: "Z2FDTNDATAQYW2",
      status: "Deployed",
      etag: made.id,
      caller_reference: made.id,
    };
  },
  remove: (_, { services }, { id }) => services.edge.deleteDistribution(String(id)),
});

function behaviourOf(
  given: z.infer<z.ZodObject<typeof behaviourArguments>> & { path_pattern: string },
): BehaviourOptions {
  return defined({
    pathPattern: given.path_pattern,
    originId: given.target_origin_id,
    allowedMethods: given.allowed_methods,
    cachedMethods: given.cached_methods,
    cachePolicyId: given.cache_policy_id,
    originRequestPolicyId: given.origin_request_policy_id || undefined,
    responseHeadersPolicyId: given.response_headers_policy_id || undefined,
    viewerRequestFunction: given.function_association[0]?.function_arn,
  });
}

function errorResponseOf(given: {
  error_code: number;
  error_caching_min_ttl?: number | undefined;
  response_code?: number | undefined;
  response_page_path?: string | undefined;
}) {
  const { error_code: status, response_page_path: path, response_code: shown } = given;
  return defined({
    status,
    cachedSecondsMin: given.error_caching_min_ttl,
    page: path ? { path, status: shown ?? status } : undefined,
  });
}

/** `<bucket>.s3.<region>.amazonaws.com`, also without a region. */
const bucketDomain = /^(.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/;

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html */
const forbiddenCustomHeader =
  /^(x-amz-.*|x-edge-.*|accept-encoding|cache-control|connection|content-length|cookie|host|if-(match|modified-since|none-match|range|unmodified-since)|max-forwards|pragma|proxy-.*|range|request-range|te|trailer|transfer-encoding|upgrade|via|x-real-ip)$/i;

function originOf(given: z.infer<z.ZodObject<typeof Origin>>, controls: ReadonlySet<string>): OriginOptions {
  const shared = {
    id: given.origin_id,
    path: given.origin_path ?? "",
    customHeaders: given.custom_header.map(({ name, value }) => [name, value] as const),
  };
  const forbidden = shared.customHeaders.find(([name]) => forbiddenCustomHeader.test(name));
  if (forbidden)
    throw new Error(`the origin ${given.origin_id} may have no custom header ${forbidden[0]}: CloudFront refuses it`);
  const control = given.origin_access_control_id || undefined;
  if (control !== undefined) required(controls.has(control) || undefined, "origin access control", control);
  const bucket = bucketDomain.exec(given.domain_name)?.[1];
  if (bucket !== undefined) return { ...shared, kind: "bucket", bucket, isSigned: control !== undefined };
  const { hostname, port } = new URL(`http://${given.domain_name}`);
  if (hostname !== "127.0.0.1" && hostname !== "localhost") {
    throw new Error(`the origin ${given.origin_id} is ${given.domain_name}, which is not on this laptop`);
  }
  return {
    ...shared,
    kind: "http",
    host: hostname,
    port: Number(port || (given.custom_origin_config?.http_port ?? 80)),
    readTimeoutSeconds: given.custom_origin_config?.origin_read_timeout ?? 30,
  };
}
