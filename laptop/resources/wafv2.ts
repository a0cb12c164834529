import { z } from "zod";
import type { Rule } from "../services/index.ts";
import { TerraformError } from "../terraform/index.ts";
import { defined } from "./defined.ts";
import { nameOf } from "./naming.ts";
import {
  block,
  blocks,
  defineResource,
  ignored,
  notMonitored,
  notTimed,
  number,
  optionalBlock,
  refused,
  text,
} from "./resource.ts";
import { ActionArguments, actionOf } from "./wafv2-action.ts";
import { statement } from "./wafv2-statement.ts";

const noChallenge = "the laptop has no page for puzzles";
/** Web ACLs of distributions exist only in this region. */
const globalRegion = "us-east-1";

const flag = () => optionalBlock({});

const RuleArguments = {
  name: text(),
  priority: number(),
  statement: statement(),
  action: optionalBlock(ActionArguments),
  override_action: optionalBlock({ count: flag(), none: flag() }),
  rule_label: blocks({ name: text() }).default([]),
  visibility_config: ignored(notMonitored),
  captcha_config: ignored(noChallenge),
  challenge_config: ignored(noChallenge),
} as const;

function ruleOf(given: z.infer<z.ZodObject<typeof RuleArguments>>): Rule {
  const { name, priority, action, override_action: override } = given;
  const shared = { name, priority, labels: given.rule_label.map((label) => label.name) };
  const { statement: own, group } = given.statement;
  if (group && override && !action) return { ...shared, group, override: override.count ? "count" : "none" };
  if (own && action && !override) return { ...shared, statement: own, action: actionOf(action) };
  throw new Error(`rule ${name}: a managed group needs override_action, and any other statement needs action`);
}

const Limit = z.enum(["KB_16", "KB_32", "KB_48", "KB_64"]);
const limit = () => optionalBlock({ default_size_inspection_limit: Limit });
const contentTypes = z.enum(["APPLICATION_JSON", "TEXT_HTML", "TEXT_PLAIN"]);

export const wafv2WebAcl = defineResource({
  type: "aws_wafv2_web_acl",
  isGlobal: true,
  arguments: {
    name: text().optional(),
    name_prefix: text().optional(),
    scope: z.enum(["CLOUDFRONT", "REGIONAL"]),
    default_action: block({ allow: ActionArguments.allow, block: ActionArguments.block }),
    rule: blocks(RuleArguments).default([]),
    custom_response_body: blocks({ key: text(), content: text(), content_type: contentTypes }).default([]),
    association_config: optionalBlock({
      request_body: blocks({
        cloudfront: limit(),
        api_gateway: limit(),
        app_runner_service: ignored("services of this kind do not run here"),
        cognito_user_pool: ignored("services of this kind do not run here"),
        verified_access_instance: ignored("services of this kind do not run here"),
      }),
    }),
    visibility_config: ignored(notMonitored),
    data_protection_config: ignored("the laptop does not log the contents of requests"),
    description: ignored("descriptions have no effect"),
    captcha_config: ignored(noChallenge),
    challenge_config: ignored(noChallenge),
    token_domains: ignored(noChallenge),
    rule_json: refused("write the rules as blocks"),
  },
  apply: (args, laptop, place) => {
    const wanted = args.scope === "CLOUDFRONT" ? globalRegion : laptop.region;
    if (place.region !== wanted) {
      const message = `a web ACL of scope ${args.scope} is in ${wanted}, and this one is in ${place.region}`;
      throw new TerraformError("argument_invalid", message, { path: place.path });
    }
    const name = nameOf(args.name, args.name_prefix, place);
    const bodies = args.association_config?.request_body[0];
    const inspected = args.scope === "CLOUDFRONT" ? bodies?.cloudfront : bodies?.api_gateway;
    const made = laptop.services.waf.createWebAcl(
      defined({
        name,
        scope: args.scope,
        defaultAction: actionOf(args.default_action),
        rules: args.rule.map(ruleOf),
        bodyInspectionBytesMax: inspected && Number(inspected.default_size_inspection_limit.slice(3)) * 1_024,
        responseBodies: Object.fromEntries(
          args.custom_response_body.map(({ key, content, content_type: contentType }) => [
            key,
            { content, contentType },
          ]),
        ),
      }),
    );
    return { id: made.id, arn: made.arn, name, capacity: 0, application_integration_url: "" };
  },
  remove: (_, { services }, { arn }) => services.waf.deleteWebAcl(String(arn)),
});

export const wafv2WebAclAssociation = defineResource({
  type: "aws_wafv2_web_acl_association",
  arguments: { resource_arn: text(), web_acl_arn: text(), timeouts: ignored(notTimed) },
  apply: (args, { services }) => {
    if (!/^arn:aws:apigateway:[^:]*::\/restapis\/[^/]+\/stages\/[^/]+$/.test(args.resource_arn)) {
      throw new Error(`a web ACL can protect only the stage of a REST API here; ${args.resource_arn} is not one`);
    }
    services.waf.associate({ webAclArn: args.web_acl_arn, resourceArn: args.resource_arn });
    return { id: `${args.web_acl_arn},${args.resource_arn}` };
  },
  remove: (args, { services }) => services.waf.dissociate(args.resource_arn),
});
