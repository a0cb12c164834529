import { Wafv2WebAcl, type Wafv2WebAclRule } from "@cdktf/provider-aws/lib/wafv2-web-acl/index.js";
import { Construct } from "constructs";
import { type ProblemCode, problems, problemType } from "../../contract/problem.ts";
import { inspectedBodyBytes, type WafStatement } from "./waf-statement.ts";

/** A refusal with a code of the contract. WAF sends it as application/json; it cannot send problem+json. */
export interface WafAnswer {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
}

export type WebAclRule = { readonly name: string; readonly statement: WafStatement } & (
  | { readonly action: "allow" | WafAnswer }
  /** For a managed group: its own rules decide, except those that only count. */
  | { readonly action: "the group's" }
);

export interface WebAclProps {
  readonly name: string;
  readonly scope: "CLOUDFRONT" | "REGIONAL";
  /** WAF evaluates the rules in this order, up to the first that allows or blocks. */
  readonly rules: readonly WebAclRule[];
  /** What happens to a request that no rule allows or blocks. @default allow */
  readonly otherwise?: "allow" | "block";
}

/** Web ACLs for CloudFront exist only in this region. */
const cloudfrontRegion = "us-east-1";

/** An access control list of WAF. It keeps no samples of requests, because samples would contain tokens. */
export class WebAcl extends Construct {
  readonly acl: Wafv2WebAcl;

  constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    const atEdge = props.scope === "CLOUDFRONT";
    this.acl = new Wafv2WebAcl(this, "acl", {
      name: props.name,
      scope: props.scope,
      region: atEdge ? cloudfrontRegion : undefined,
      defaultAction: props.otherwise === "block" ? { block: {} } : { allow: {} },
      associationConfig: atEdge
        ? { requestBody: [{ cloudfront: { defaultSizeInspectionLimit: `KB_${inspectedBodyBytes / 1_024}` } }] }
        : undefined,
      customResponseBody: props.rules.flatMap(answerBody),
      rule: props.rules.map(terraformRule),
      visibilityConfig: metricsAs(props.name),
    });
  }

  /** ARN of the access control list. */
  get arn(): string {
    return this.acl.arn;
  }
}

function terraformRule({ name, statement, action }: WebAclRule, index: number): Wafv2WebAclRule {
  const common = { name, priority: index, statement, visibilityConfig: metricsAs(name) };
  if (action === "the group's") return { ...common, overrideAction: { none: {} } };
  if (action === "allow") return { ...common, action: { allow: {} } };
  return {
    ...common,
    action: {
      block: {
        customResponse: {
          responseCode: problems[action.code].status,
          customResponseBodyKey: name,
          responseHeader: Object.entries(answerHeaders(action)).map(([header, value]) => ({ name: header, value })),
        },
      },
    },
  };
}

function answerBody({ name, action }: WebAclRule) {
  if (typeof action === "string") return [];
  const { code, detail } = action;
  const { status, title } = problems[code];
  // WAF sends a fixed text, so `instance` cannot be the path of the request.
  const problem = { type: problemType(code), title, status, code, detail, instance: "/v1" };
  return [{ key: name, contentType: "APPLICATION_JSON", content: JSON.stringify(problem) }];
}

function answerHeaders({ retryAfterSeconds }: WafAnswer): Record<string, string> {
  return {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "private, no-store",
    ...(retryAfterSeconds !== undefined && { "Access-Control-Expose-Headers": "Retry-After" }),
    ...(retryAfterSeconds !== undefined && { "Retry-After": `${retryAfterSeconds}` }),
  };
}

const metricsAs = (metricName: string) => ({
  metricName,
  cloudwatchMetricsEnabled: true,
  sampledRequestsEnabled: false,
});
