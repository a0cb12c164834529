import { Wafv2WebAcl, type Wafv2WebAclRule } from "@cdktf/provider-aws/lib/wafv2-web-acl/index.js";
import { Construct } from "constructs";
import { type ProblemCode, problems, problemType } from "../../contract/problem.ts";
import { inspectedBodyBytes, type WafStatement } from "./waf-statement.ts";

/** A refusal in the contract's words. WAF sends it as application/json: no other content type is to be had. */
export interface WafAnswer {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
}

export type WebAclRule = { readonly name: string; readonly statement: WafStatement } & (
  | { readonly action: "allow" | WafAnswer }
  /** Of a managed group: its rules decide, but for those that only count. */
  | { readonly action: "the group's" }
);

export interface WebAclProps {
  readonly name: string;
  readonly scope: "CLOUDFRONT" | "REGIONAL";
  /** Looked at in this order; the first that decides ends it. */
  readonly rules: readonly WebAclRule[];
  /** What happens to a request that no rule decided. @default allow */
  readonly otherwise?: "allow" | "block";
}

/** Web ACLs of CloudFront are kept there alone. */
const cloudfrontRegion = "us-east-1";

/** An access control list of WAF. It keeps no samples of requests, which would show tokens. */
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
  // WAF fills nothing in, so that the path asked for is not to be had as `instance`.
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
