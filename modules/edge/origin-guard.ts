import type { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage/index.js";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js";
import { DataResource, Fn } from "cdktf";
import { Construct } from "constructs";
import { physicalName } from "../naming.ts";
import { headerIs } from "./waf-statement.ts";
import { WebAcl } from "./web-acl.ts";

export interface OriginGuardProps {
  /** Of the access control list before a guarded stage. */
  readonly name: string;
}

/**
 * Refuses clients that call an API directly and not through the edge: the edge adds a header whose value nobody else
 * knows. Terraform makes the value and keeps it in its state; replacing the resource makes another. Intent: `protect`.
 * @example
 * const guard = new OriginGuard(stack, "guard", { name: "shop-origin" });
 * guard.protect(restApi.stage);
 */
export class OriginGuard extends Construct {
  /** CloudFront adds no header of its own kind, which begin with `X-Edge-` or `X-Amz-`. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html */
  readonly header = "x-origin-verify";
  /** Value of the header. Terraform shows it in no plan. */
  readonly secret: string;
  readonly #name: string;

  constructor(scope: Construct, id: string, props: OriginGuardProps) {
    super(scope, id);
    this.#name = props.name;
    const made = new DataResource(this, "secret", {
      input: { value: Fn.uuid() },
      // uuid() gives another value with each plan; the first one stands.
      lifecycle: { ignoreChanges: ["input"] },
    });
    this.secret = Fn.sensitive(made.output.lookup("value"));
  }

  /** Refuses requests to this stage of a REST API that lack the header. A WebSocket API takes no WAF: its authorizer must look. */
  protect(stage: ApiGatewayStage): void {
    const acl = new WebAcl(this, "rest", {
      name: physicalName("webAcl", this.#name),
      scope: "REGIONAL",
      otherwise: "block",
      rules: [{ name: "from-the-edge", statement: headerIs(this.header, this.secret), action: "allow" }],
    });
    new Wafv2WebAclAssociation(this, "rest-association", { resourceArn: stage.arn, webAclArn: acl.arn });
  }
}
