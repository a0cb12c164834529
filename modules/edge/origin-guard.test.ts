import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage/index.js";
import { describe, expect, it } from "vitest";
import { synthesize } from "../synthesized.fixture.ts";
import { OriginGuard } from "./origin-guard.ts";

function made() {
  return synthesize((stack) => {
    const stage = new ApiGatewayStage(stack, "stage", { restApiId: "api", deploymentId: "now", stageName: "v1" });
    new OriginGuard(stack, "guard", { name: "shop-guard" }).protect(stage);
  });
}

describe("OriginGuard", () => {
  it("makes a secret once, in Terraform, and a web ACL at the API's stage", () => {
    expect(made().types()).toEqual([
      "aws_api_gateway_stage", // what it guards
      "aws_wafv2_web_acl",
      "aws_wafv2_web_acl_association",
      "terraform_data", // the secret
    ]);
    expect(made().one("terraform_data")).toMatchObject({
      input: { value: expect.stringContaining("uuid()") },
      lifecycle: { ignore_changes: ["input"] },
    });
    expect(made().one("aws_wafv2_web_acl_association")).toMatchObject({
      resource_arn: expect.stringMatching(/aws_api_gateway_stage\..*\.arn/),
    });
  });

  it("blocks every request without the header with exactly this value", () => {
    expect(made().one("aws_wafv2_web_acl")).toMatchObject({
      scope: "REGIONAL",
      default_action: { block: {} },
      rule: [
        {
          action: { allow: {} },
          statement: {
            byte_match_statement: {
              field_to_match: { single_header: { name: "x-origin-verify" } },
              positional_constraint: "EXACTLY",
              search_string: expect.stringMatching(/^\$\{sensitive\(.*terraform_data\..*\.output.*\)\}$/),
            },
          },
        },
      ],
    });
    expect(made().one("aws_wafv2_web_acl")).not.toHaveProperty("region");
  });

  it("keeps no samples of requests, because they would contain the secret", () => {
    const { visibility_config, rule } = made().one("aws_wafv2_web_acl");
    const unsampled = { sampled_requests_enabled: false };
    expect(visibility_config).toMatchObject(unsampled);
    expect(rule).toMatchObject([{ visibility_config: unsampled }]);
  });
});
