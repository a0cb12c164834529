import type { z } from "zod";
import type { BehaviourOptions, OriginOptions } from "../services/index.ts";
import { defined } from "./defined.ts";
import { required } from "./registry.ts";
import {
  block,
  blocks,
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
const oneAddress = "a distribution has one address here";
const notCompressed = "responses are not compressed";

export const cloudfrontOriginAccessControl = defineResource({
  type: "aws_cloudfront_origin_access_control",
  isGlobal: true,
  arguments: {
    name: text(),
    origin_access_control_origin_type: only(["s3"], "only buckets check the signature of a request"),
    signing_behavior: only(["always"], "the distribution always signs its requests to a bucket"),
    signing_protocol: only(["sigv4"], "CloudFront has no other protocol"),
    description: ignored("descriptions have no effect"),
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
    event_type: only(["viewer-request"], "functions run only before the cache lookup"),
    function_arn: text(),
  }).default([]),
  viewer_protocol_policy: ignored(noTls),
  compress: ignored(notCompressed),
  realtime_log_config_arn: ignored(notMonitored),
  smooth_streaming: ignored("no video is streamed"),
  min_ttl: ignored("the cache policy sets it"),
  default_ttl: ignored("the cache policy sets it"),
  max_ttl: ignored("the cache policy sets it"),
  forwarded_values: refused("use a cache policy"),
  lambda_function_association: refused("functions do not run at the edge; use aws_cloudfront_function"),
  trusted_key_groups: refused("signed URLs are not checked"),
  trusted_signers: refused("signed URLs are not checked"),
  field_level_encryption_id: refused("nothing is encrypted in transit"),
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
    origin_keepalive_timeout: ignored("the origin decides how long a connection stays open"),
    ip_address_type: ignored(oneAddress),
  }),
  s3_origin_config: optionalBlock({
    origin_access_identity: only([""], "use an origin access control"),
  }),
  connection_attempts: ignored("a connection on this machine succeeds or fails immediately"),
  connection_timeout: ignored("a connection on this machine succeeds or fails immediately"),
  response_completion_timeout: ignored("the time-out of the origin itself applies"),
  origin_shield: ignored("there is one cache"),
  vpc_origin_config: refused("use the origin's address"),
} as const;

export const cloudfrontDistribution = defineResource({
  type: "aws_cloudfront_distribution",
  engines: ["queuesAndBuckets"],
  isGlobal: true,
  arguments: {
    enabled: only([true], "disabled distributions do not run here"),
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
        restriction_type: only(["none"], "the laptop cannot know where a viewer is"),
        locations: ignored("they only have an effect with a restriction"),
      }),
    }),
    staging: only([false], "there are no staging distributions").optional(),
    origin_group: refused("there is no failover between origins"),
    viewer_certificate: ignored(noTls),
    aliases: ignored(oneAddress),
    anycast_ip_list_id: ignored(oneAddress),
    comment: ignored("descriptions have no effect"),
    continuous_deployment_policy_id: ignored("there are no staging distributions"),
    http_version: ignored("the laptop uses HTTP/1.1"),
    is_ipv6_enabled: ignored(oneAddress),
    logging_config: ignored("the laptop keeps its own logs"),
    price_class: ignored("there is one location"),
    retain_on_delete: ignored(notDestroyed),
    wait_for_deployment: ignored("a distribution is ready immediately"),
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

/** Matches `<bucket>.s3.<region>.amazonaws.com`. The region may be absent. */
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
    throw new Error(`the origin ${given.origin_id} has the custom header ${forbidden[0]}, which CloudFront refuses`);
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
