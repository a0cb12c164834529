import { Construct } from "constructs";
import { physicalName } from "../naming.ts";
import { all, bodyLongerThanInspected, managedGroup, moreThanAMinute, pathStartsWith } from "./waf-statement.ts";
import { WebAcl } from "./web-acl.ts";

export interface FirewallProps {
  /** Name of the access control list. */
  readonly name: string;
  /** Requests per minute from one address. WAF refuses more with 429. Its minimum is 10. */
  readonly requestsPerMinuteMax: number;
  /** Start of the API's paths. A longer body than 65,536 bytes is refused there with 413. */
  readonly apiPath: string;
}

/**
 * Rules of the common set that can match a valid request, each with the reason. They only count, and do not block;
 * metrics and labels show the counts.
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
const countedRules = {
  NoUserAgent_HEADER: "a program may send no User-Agent",
  SizeRestrictions_QUERYSTRING: "2,048 bytes; a cursor has up to 2,048 characters, beside other parameters",
  SizeRestrictions_BODY: "8 KB; the rule for bodies allows 64",
  EC2MetaDataSSRF_BODY: "free text, and URLs of webhooks, which the delivery checks itself",
  GenericLFI_URIPATH: "a sku may end in two dots before a slash and a location; no code opens a file that a path names",
  GenericLFI_BODY: "free text of items, reasons and references",
  GenericRFI_BODY: "free text, and URLs of webhooks",
  CrossSiteScripting_BODY: "free text; responses are JSON, which no page shows as markup",
  EC2MetaDataSSRF_QUERYARGUMENTS: "search words; no code fetches a URL that a query names",
  GenericLFI_QUERYARGUMENTS: "search words; no code opens a file that a query names",
  GenericRFI_QUERYARGUMENTS: "search words; no code fetches a URL that a query names",
  CrossSiteScripting_QUERYARGUMENTS: "search words; no page shows them as markup",
  RestrictedExtensions_URIPATH: "a sku may end in .log or .ini",
  RestrictedExtensions_QUERYARGUMENTS: "a sku may end in .log or .ini",
} as const;

/**
 * The firewall of a distribution. It limits requests by address, limits the length of bodies, and applies AWS's rules.
 * @example
 * new Firewall(stack, "firewall", { name: "shop", requestsPerMinuteMax: 6_000, apiPath: "/v1/" });
 */
export class Firewall extends Construct {
  readonly acl: WebAcl;

  constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id);
    this.acl = new WebAcl(this, "acl", {
      name: physicalName("webAcl", props.name),
      scope: "CLOUDFRONT",
      rules: [
        {
          name: "rate",
          statement: moreThanAMinute(props.requestsPerMinuteMax),
          action: { code: "rate_limited", detail: "Too many requests from this address.", retryAfterSeconds: 60 },
        },
        {
          name: "body",
          statement: all(pathStartsWith(props.apiPath), bodyLongerThanInspected),
          action: { code: "payload_too_large", detail: "A body has at most 65,536 bytes." },
        },
        { name: "reputation", statement: managedGroup("AWSManagedRulesAmazonIpReputationList"), action: "the group's" },
        { name: "bad-inputs", statement: managedGroup("AWSManagedRulesKnownBadInputsRuleSet"), action: "the group's" },
        {
          name: "common",
          statement: managedGroup("AWSManagedRulesCommonRuleSet", Object.keys(countedRules)),
          action: "the group's",
        },
      ],
    });
  }
}
