import { describe, expect, it } from "vitest";
import { synthesize } from "../synthesized.fixture.ts";
import { Distribution, type DistributionProps } from "./distribution.ts";
import { Firewall } from "./firewall.ts";
import { OriginGuard } from "./origin-guard.ts";
import { Site } from "./site.ts";

interface Behavior {
  readonly path_pattern: string;
  readonly cache_policy_id: string;
  readonly origin_request_policy_id: string;
}

function made(changed: Partial<DistributionProps> = {}) {
  return synthesize((stack) => {
    new Distribution(stack, "edge", {
      name: "shop-edge",
      description: "Orders",
      site: new Site(stack, "site", { name: "shop-site", files: [] }),
      connectTo: ["https://login.example.com"],
      apis: [
        {
          name: "rest",
          url: "https://a1.execute-api.eu-west-1.amazonaws.com/v1",
          paths: [{ pattern: "/v1/items*", keepsAnswers: true }, { pattern: "/v1/*" }],
        },
        {
          name: "live",
          url: "wss://b2.execute-api.eu-west-1.amazonaws.com/live",
          paths: [{ pattern: "/live*" }],
        },
      ],
      keptSecondsMax: 30,
      guard: new OriginGuard(stack, "guard", { name: "shop-guard" }),
      firewall: new Firewall(stack, "firewall", { name: "shop-edge", requestsPerMinuteMax: 600, apiPath: "/v1/" }),
      ...changed,
    });
  });
}

const output = made();
const distribution = output.one("aws_cloudfront_distribution");
const behaviors = distribution.ordered_cache_behavior as readonly Behavior[];
const policyNamed = (name: string) =>
  output.all("aws_cloudfront_cache_policy").find((policy) => policy.name === `shop-edge-${name}`);

describe("Distribution", () => {
  it("makes a distribution with its own policies, in front of a bucket that only it can read", () => {
    const own = output.types().filter((type) => /cloudfront|bucket_policy/.test(type));
    expect(own).toEqual([
      ...["files", "nothing", "public answers"].map(() => "aws_cloudfront_cache_policy"),
      "aws_cloudfront_distribution",
      "aws_cloudfront_origin_access_control", // signs requests to the bucket
      "aws_cloudfront_origin_request_policy", // what APIs receive of a request
      "aws_cloudfront_response_headers_policy", // what a browser allows the pages
      "aws_s3_bucket_policy",
    ]);
    expect(output.one("aws_s3_bucket_policy").policy).toMatch(/SourceArn":"\$\{aws_cloudfront_distribution\..*\.arn\}/);
  });

  it("sends requests to each API's own host, without an origin path, with the guard's secret", () => {
    const secret = {
      name: "x-origin-verify",
      value: expect.stringMatching(/^\$\{sensitive\(.*terraform_data/),
    };
    expect(distribution.origin).toMatchObject([
      { origin_id: "site", origin_access_control_id: expect.stringContaining("aws_cloudfront_origin_access_control") },
      {
        origin_id: "rest",
        domain_name: expect.stringMatching(/^.\{element\(split\(.*a1\.execute-api.*, 2\)\}$/),
        custom_header: [secret],
        custom_origin_config: { origin_protocol_policy: "https-only", origin_ssl_protocols: ["TLSv1.2"] },
      },
      { origin_id: "live", domain_name: expect.stringContaining("b2.execute-api"), custom_header: [secret] },
    ]);
    expect(JSON.stringify(distribution.origin)).not.toContain("origin_path");
  });

  it("passes everything except the Host and cookies to APIs, and accepts every method", () => {
    for (const behavior of behaviors) {
      expect(behavior).toMatchObject({
        allowed_methods: ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        compress: false,
        viewer_protocol_policy: "https-only",
        origin_request_policy_id: expect.stringContaining("aws_cloudfront_origin_request_policy"),
      });
    }
    expect(output.one("aws_cloudfront_origin_request_policy")).toMatchObject({
      headers_config: { header_behavior: "allExcept", headers: { items: ["Host"] } },
      cookies_config: { cookie_behavior: "none" },
      query_strings_config: { query_string_behavior: "all" },
    });
  });

  it("caches responses on the paths that allow it, and separately for each token and for none", () => {
    expect(behaviors.map(({ path_pattern, cache_policy_id }) => [path_pattern, cache_policy_id])).toEqual([
      ["/v1/items*", expect.stringContaining("keep-answers")],
      ["/v1/*", expect.stringContaining("keep-nothing")],
      ["/live*", expect.stringContaining("keep-nothing")],
    ]);
    expect(policyNamed("keep-answers")).toMatchObject({
      min_ttl: 0,
      default_ttl: 0,
      max_ttl: 30,
      parameters_in_cache_key_and_forwarded_to_origin: {
        cookies_config: { cookie_behavior: "none" },
        headers_config: { header_behavior: "whitelist", headers: { items: ["Authorization"] } },
        query_strings_config: { query_string_behavior: "all" },
        enable_accept_encoding_brotli: false,
        enable_accept_encoding_gzip: false,
      },
    });
  });

  it("caches nothing else of an API, and no errors", () => {
    expect(policyNamed("keep-nothing")).toMatchObject({
      min_ttl: 0,
      default_ttl: 0,
      max_ttl: 0,
      // CloudFront refuses a cache key when nothing is cached.
      parameters_in_cache_key_and_forwarded_to_origin: {
        cookies_config: { cookie_behavior: "none" },
        headers_config: { header_behavior: "none" },
        query_strings_config: { query_string_behavior: "none" },
      },
    });
    const errors = distribution.custom_error_response as readonly {
      error_code: number;
      error_caching_min_ttl: number;
    }[];
    expect(errors.map(({ error_code }) => error_code)).toEqual([400, 403, 404, 405, 414, 500, 501, 502, 503, 504]);
    for (const error of errors) expect(error).toEqual({ error_code: error.error_code, error_caching_min_ttl: 0 });
  });

  it("serves the site on every other path, compressed, with restrictive security headers", () => {
    expect(distribution).toMatchObject({
      default_root_object: "index.html",
      default_cache_behavior: {
        target_origin_id: "site",
        allowed_methods: ["GET", "HEAD"],
        compress: true,
        viewer_protocol_policy: "redirect-to-https",
      },
    });
    const headers = output.one("aws_cloudfront_response_headers_policy").security_headers_config;
    expect(headers).toMatchObject({
      frame_options: { frame_option: "DENY" },
      strict_transport_security: { access_control_max_age_sec: 31_536_000 },
    });
    const { content_security_policy: policy } = (headers as { content_security_policy: Record<string, string> })
      .content_security_policy;
    expect(policy?.split("; ")).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self' https://login.example.com",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  it("is behind the firewall and has CloudFront's domain", () => {
    expect(distribution).toMatchObject({
      web_acl_id: expect.stringContaining("aws_wafv2_web_acl"),
      viewer_certificate: { cloudfront_default_certificate: true },
    });
    expect(distribution).not.toHaveProperty("aliases");
  });

  it("has a custom domain (domain)", () => {
    const own = made({ domain: { name: "stock.example.com", certificateArn: "arn:certificate" } });
    expect(own.one("aws_cloudfront_distribution")).toMatchObject({
      aliases: ["stock.example.com"],
      viewer_certificate: {
        acm_certificate_arn: "arn:certificate",
        ssl_support_method: "sni-only",
        minimum_protocol_version: "TLSv1.2_2021",
      },
    });
  });

  it("uses plain HTTP to viewers and origins (tls off)", () => {
    const plain = made({ tls: "off" });
    const allowed = { viewer_protocol_policy: "allow-all" };
    expect(plain.one("aws_cloudfront_distribution")).toMatchObject({
      default_cache_behavior: allowed,
      ordered_cache_behavior: [allowed, allowed, allowed],
      origin: [
        { origin_id: "site" },
        { custom_origin_config: { origin_protocol_policy: "http-only" } },
        { custom_origin_config: { origin_protocol_policy: "http-only" } },
      ],
    });
    expect(plain.one("aws_cloudfront_response_headers_policy").security_headers_config).not.toHaveProperty(
      "strict_transport_security",
    );
  });
});
