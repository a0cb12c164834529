import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startOrigin } from "../services/edge/edge.fixture.ts";
import { type Services, startServices } from "../services/index.ts";
import { accountId, temporaryFolder } from "../services/services.fixture.ts";
import type { ValueMap } from "../terraform/index.ts";
import { queuesAndBucketsEndpoint, uniqueName } from "../testing/index.ts";
import { applyInstance, removeInstance } from "./index.ts";
import { instanceOf, laptopWith } from "./laptop.fixture.ts";
import type { Laptop } from "./laptop.ts";

const running: Services[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((services) => services.stop()));
});

async function startLaptop() {
  const engine = await queuesAndBucketsEndpoint();
  const nowhere = "http://127.0.0.1:9";
  const services = await startServices({
    region: "eu-west-1",
    accountId,
    folder: temporaryFolder(),
    storage: "memory",
    log: () => undefined,
    endpoints: { dynamodb: nowhere, kinesis: nowhere, sqs: engine, sns: engine, s3: engine },
    identify: () => undefined,
    policyOf: (arn) => laptop.registry.resourcePolicies.get(arn),
  });
  running.push(services);
  const laptop: Laptop = laptopWith({ queuesAndBuckets: engine, services });
  const apply = (type: string, values: ValueMap) => {
    const region = typeof values.region === "string" ? values.region : "eu-west-1";
    return applyInstance({ ...instanceOf(type, values), region, folder: temporaryFolder() }, laptop);
  };
  return { apply, laptop };
}

const named = (kind: string) => ({ cookies_config: { cookie_behavior: "none" }, name: uniqueName(kind) });
const byMethod = (allowed_methods: string[]) => ({
  allowed_methods,
  cached_methods: ["GET", "HEAD"],
  viewer_protocol_policy: "https-only",
  compress: true,
});
const inspected = { text_transformation: [{ priority: 0, type: "NONE" }] };
const visibilityConfig = { metric_name: "a", cloudwatch_metrics_enabled: true, sampled_requests_enabled: false };

describe("a distribution", () => {
  it("serves a private bucket and an API behind a web ACL, as the Terraform describes them", async () => {
    const { apply, laptop } = await startLaptop();
    const origin = await startOrigin((request, response) => {
      response
        .writeHead(200, { "Cache-Control": "s-maxage=30", "X-Seen": request.headers["x-verify"] })
        .end(request.url);
    });
    const bucket = uniqueName("site");
    const site = await apply("aws_s3_bucket", { bucket });
    const file = join(temporaryFolder(), "index.html");
    writeFileSync(file, "<h1>shop</h1>");
    const object = {
      bucket,
      key: "index.html",
      content_type: "text/html",
      cache_control: "no-cache",
      source_hash: "a",
    };
    const written = await apply("aws_s3_object", { ...object, source: file });
    expect(await apply("aws_s3_object", { ...object, content: "<h1>shop</h1>" })).toEqual(written);
    const control = await apply("aws_cloudfront_origin_access_control", {
      name: "site",
      origin_access_control_origin_type: "s3",
      signing_behavior: "always",
      signing_protocol: "sigv4",
    });
    const { cookies_config } = named("");
    const cache = await apply("aws_cloudfront_cache_policy", {
      name: uniqueName("cache"),
      min_ttl: 0,
      default_ttl: 0,
      max_ttl: 60,
      parameters_in_cache_key_and_forwarded_to_origin: {
        cookies_config,
        headers_config: { header_behavior: "whitelist", headers: { items: ["Authorization"] } },
        query_strings_config: { query_string_behavior: "all" },
      },
    });
    const forward = await apply("aws_cloudfront_origin_request_policy", {
      ...named("forward"),
      headers_config: { header_behavior: "allExcept", headers: { items: ["Host"] } },
      query_strings_config: { query_string_behavior: "all" },
    });
    const headers = await apply("aws_cloudfront_response_headers_policy", {
      name: uniqueName("headers"),
      security_headers_config: { frame_options: { frame_option: "DENY", override: true } },
    });
    const acl = await apply("aws_wafv2_web_acl", {
      name: "edge",
      scope: "CLOUDFRONT",
      region: "us-east-1",
      default_action: { allow: {} },
      visibility_config: visibilityConfig,
      rule: [
        {
          name: "no-admin",
          priority: 0,
          action: { block: { custom_response: { response_code: 404 } } },
          statement: {
            byte_match_statement: {
              field_to_match: { uri_path: {} },
              positional_constraint: "STARTS_WITH",
              search_string: "/admin",
              ...inspected,
            },
          },
          visibility_config: visibilityConfig,
        },
      ],
    });
    const behaviour = {
      target_origin_id: "api",
      cache_policy_id: String(cache.id),
      origin_request_policy_id: String(forward.id),
    };
    const made: ValueMap = {
      enabled: true,
      default_root_object: "index.html",
      web_acl_id: String(acl.arn),
      price_class: "PriceClass_100",
      origin: [
        {
          origin_id: "site",
          domain_name: String(site.bucket_regional_domain_name),
          origin_access_control_id: String(control.id),
        },
        {
          origin_id: "api",
          domain_name: `127.0.0.1:${origin.port}`,
          custom_header: [{ name: "x-verify", value: "secret" }],
          custom_origin_config: {
            http_port: 80,
            https_port: 443,
            origin_protocol_policy: "https-only",
            origin_ssl_protocols: ["TLSv1.2"],
          },
        },
      ],
      default_cache_behavior: {
        target_origin_id: "site",
        cache_policy_id: String(cache.id),
        response_headers_policy_id: String(headers.id),
        ...byMethod(["GET", "HEAD"]),
      },
      ordered_cache_behavior: [{ path_pattern: "/v1/*", ...behaviour, ...byMethod(["GET", "HEAD", "POST"]) }],
      custom_error_response: [{ error_code: 404, error_caching_min_ttl: 0 }],
      restrictions: { geo_restriction: { restriction_type: "none" } },
      viewer_certificate: { cloudfront_default_certificate: true },
    };
    const distribution = await apply("aws_cloudfront_distribution", made);
    const base = `http://${distribution.domain_name}`;
    expect((await fetch(base)).status).toBe(403);
    await apply("aws_s3_bucket_policy", {
      bucket,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: {
          Effect: "Allow",
          Principal: { Service: "cloudfront.amazonaws.com" },
          Action: "s3:GetObject",
          Resource: `arn:aws:s3:::${bucket}/*`,
          Condition: { StringEquals: { "AWS:SourceArn": String(distribution.arn) } },
        },
      }),
    });
    const page = await fetch(base);
    expect([await page.text(), page.headers.get("content-type"), page.headers.get("x-frame-options")]).toEqual([
      "<h1>shop</h1>",
      "text/html",
      "DENY",
    ]);
    const api = () => fetch(`${base}/v1/items?a=1`);
    const first = await api();
    expect([await first.text(), first.headers.get("x-seen")]).toEqual(["/v1/items?a=1", "secret"]);
    expect((await api()).headers.get("x-cache")).toBe("Hit from cloudfront");
    expect((await fetch(`${base}/admin`)).status).toBe(404);
    const without = instanceOf("aws_s3_object", { ...object, content: "<h1>shop</h1>" });
    expect(await removeInstance(without, written, laptop)).toBe("removed");
    expect((await fetch(`${base}/index.html`)).status).toBe(403);
    await removeInstance(instanceOf("aws_cloudfront_distribution", made), distribution, laptop);
    await expect(fetch(base)).rejects.toThrow("fetch failed");
  });

  it("is refused with an origin on another machine", async () => {
    const { apply } = await startLaptop();
    const behaviour = { target_origin_id: "a", cache_policy_id: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" };
    const values = {
      enabled: true,
      origin: [{ origin_id: "a", domain_name: "shop.example" }],
      default_cache_behavior: { ...behaviour, ...byMethod(["GET", "HEAD"]) },
      restrictions: { geo_restriction: { restriction_type: "none" } },
    };
    await expect(apply("aws_cloudfront_distribution", values)).rejects.toThrow("shop.example, which is not on this");
  });

  it("is refused with policies that CloudFront refuses", async () => {
    const { apply } = await startLaptop();
    const key = (behavior: string) => ({
      cookies_config: { cookie_behavior: "none" },
      headers_config: { header_behavior: "none" },
      query_strings_config: { query_string_behavior: behavior },
    });
    const policy = { name: "p", min_ttl: 0, default_ttl: 0, max_ttl: 0 };
    await expect(
      apply("aws_cloudfront_cache_policy", {
        ...policy,
        parameters_in_cache_key_and_forwarded_to_origin: key("all"),
      }),
    ).rejects.toThrow("caches nothing");
    await expect(
      apply("aws_cloudfront_origin_request_policy", {
        ...named("forward"),
        headers_config: { header_behavior: "whitelist", headers: { items: ["authorization"] } },
        query_strings_config: { query_string_behavior: "none" },
      }),
    ).rejects.toThrow("which CloudFront refuses");
  });
});

describe("a web ACL", () => {
  const acl = (more: ValueMap) => ({ name: "a", scope: "REGIONAL", default_action: { allow: {} }, ...more });

  it("must be in the region of its scope", async () => {
    const { apply } = await startLaptop();
    await expect(apply("aws_wafv2_web_acl", acl({ scope: "CLOUDFRONT" }))).rejects.toThrow("us-east-1");
    await expect(apply("aws_wafv2_web_acl", acl({ region: "us-east-1" }))).rejects.toThrow("eu-west-1");
    const { arn } = await apply("aws_wafv2_web_acl", acl({ scope: "CLOUDFRONT", region: "us-east-1" }));
    const stage = "arn:aws:apigateway:eu-west-1::/restapis/a/stages/v1";
    const association = { web_acl_arn: String(arn), resource_arn: stage };
    await expect(apply("aws_wafv2_web_acl_association", association)).rejects.toThrow(
      "CLOUDFRONT, and REGIONAL is needed",
    );
  });

  it.each([
    [{ geo_match_statement: { country_codes: ["DE"] } }, "where a client is"],
    [{ byte_match_statement: { search_string: "a", positional_constraint: "EXACTLY" } }, "field_to_match"],
    [{}, "a statement is one thing; this is none"],
    [{ and_statement: { statement: [{ managed_rule_group_statement: { name: "a", vendor_name: "AWS" } }] } }, "alone"],
    [{ managed_rule_group_statement: { name: "AWSManagedRulesACFPRuleSet", vendor_name: "AWS" } }, "override_action"],
  ])("refuses %j", async (statement, message) => {
    const { apply } = await startLaptop();
    const rule = [{ name: "a", priority: 0, statement, action: { block: {} }, visibility_config: visibilityConfig }];
    await expect(apply("aws_wafv2_web_acl", acl({ rule }))).rejects.toThrow(message);
  });

  it("removes an association and a web ACL", async () => {
    const { apply, laptop } = await startLaptop();
    const acl = { name: "a", scope: "REGIONAL", default_action: { block: {} } };
    const attributes = await apply("aws_wafv2_web_acl", acl);
    const resource_arn = "arn:aws:apigateway:eu-west-1::/restapis/a/stages/v1";
    const association = { web_acl_arn: String(attributes.arn), resource_arn };
    await apply("aws_wafv2_web_acl_association", association);
    expect(laptop.services.waf.protecting(resource_arn)).toBeDefined();
    await removeInstance(instanceOf("aws_wafv2_web_acl_association", association), {}, laptop);
    expect(laptop.services.waf.protecting(resource_arn)).toBeUndefined();
    await removeInstance(instanceOf("aws_wafv2_web_acl", acl), attributes, laptop);
    await expect(apply("aws_wafv2_web_acl_association", association)).rejects.toThrow("there is no web ACL");
  });

  it("blocks requests to a stage that bypass the edge, before the authorizer runs", async () => {
    const { apply, laptop } = await startLaptop();
    const { apiGateway } = laptop.services;
    const mock = { "x-amazon-apigateway-integration": { type: "mock", responses: { default: { statusCode: "200" } } } };
    const { id } = await apiGateway.createRestApi({ name: "api", body: { paths: { "/a": { get: mock } } } });
    const stage = await apiGateway.createStage({ restApiId: id, stageName: "v1" });
    const { arn } = await apply("aws_wafv2_web_acl", {
      name: "guard",
      scope: "REGIONAL",
      default_action: { block: {} },
      visibility_config: visibilityConfig,
      rule: {
        name: "edge",
        priority: 0,
        action: { allow: {} },
        visibility_config: visibilityConfig,
        statement: {
          byte_match_statement: {
            field_to_match: { single_header: { name: "x-verify" } },
            positional_constraint: "EXACTLY",
            search_string: "secret",
            ...inspected,
          },
        },
      },
    });
    await apply("aws_wafv2_web_acl_association", { web_acl_arn: String(arn), resource_arn: stage.arn });
    apiGateway.putGatewayResponse({ restApiId: id, responseType: "WAF_FILTERED", statusCode: 418 });
    const status = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(`${stage.invokeUrl}${path}`, { headers })).status;
    expect([await status("/a"), await status("/none"), await status("/a", { "x-verify": "secrets" })]).toEqual([
      418, 418, 418,
    ]);
    expect([await status("/a", { "x-verify": "secret" }), await status("/none", { "x-verify": "secret" })]).toEqual([
      200, 403,
    ]);
  });
});
