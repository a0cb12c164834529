import type { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage/index.js";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js";
import { DataResource, Fn } from "cdktf";
import { Construct } from "constructs";
import { physicalName } from "../naming.ts";
import { headerIs } from "./waf-statement.ts";
import { WebAcl } from "./web-acl.ts";

export interface OriginGuardProps {
  /** Name of the access control list in front of a guarded stage. */
  readonly name: string;
}

/**
 * Refuses clients that call an API directly instead of through the edge. The edge adds a header with a secret value.
 * Terraform makes the value and keeps it in its state. To make a new value, replace the resource. Intent: `protect`.
 * @example
 * const guard = new OriginGuard(stack, "guard", { name: "shop-origin" });
 * guard.protect(restApi.stage);
 */
export class OriginGuard extends Construct {
  /** CloudFront accepts no custom header that begins with `X-Edge-` or `X-Amz-`. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html */
  readonly header = "x-origin-verify";
  /** Value of the header. Terraform hides it in plans. */
  readonly secret: string;
  readonly #name: string;

  constructor(scope: Construct, id: string, props: OriginGuardProps) {
    super(scope, id);
    this.#name = props.name;
    const made = new DataResource(this, "secret", {
      input: { value: Fn.uuid() },
      // uuid() returns another value in each plan. This keeps the first one.
      lifecycle: { ignoreChanges: ["input"] },
    });
    this.secret = Fn.sensitive(made.output.lookup("value"));
  }

  /**
   * Refuses requests without the header at this stage of a REST API. WAF does not support WebSocket APIs: their
   * authorizer must check the header.
   */
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
