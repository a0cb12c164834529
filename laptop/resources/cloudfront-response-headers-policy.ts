import { z } from "zod";
import type { PolicyHeader } from "../services/index.ts";
import { defined } from "./defined.ts";
import {
  blocks,
  boolean,
  defineResource,
  ignored,
  notMonitored,
  number,
  optionalBlock,
  text,
  texts,
} from "./resource.ts";

const items = () => optionalBlock({ items: texts().default([]) });
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
    comment: ignored("descriptions have no effect"),
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
