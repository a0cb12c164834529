import type { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage/index.js";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js";
import { DataResource, Fn } from "cdktf";
import { Construct } from "constructs";
import { physicalName } from "../naming.ts";
import { headerIs } from "./waf-statement.ts";
import { WebAcl } from "./web-acl.ts";

export interface OriginGuardProps {
  readonly name: string;
}

/**
 * Keeps APIs from being reached around the edge: the edge adds a header whose value nobody else knows. Terraform makes
 * the value and keeps it in its state; replacing the resource makes another. Intent: `protect`.
 */
export class OriginGuard extends Construct {
  /** CloudFront adds no header of its own kind, which begin with `X-Edge-` or `X-Amz-`. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html */
  readonly header = "x-origin-verify";
  /** Shown in no plan. */
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

  /** Refuses at the gateway whoever comes to this stage of a REST API without the header. WebSocket APIs take no WAF: their authorizer looks. */
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
