import { Construct } from "constructs";
import { physicalName } from "../naming.ts";
import { all, bodyLongerThanInspected, managedGroup, moreThanAMinute, pathStartsWith } from "./waf-statement.ts";
import { WebAcl } from "./web-acl.ts";

export interface FirewallProps {
  /** Of the access control list. */
  readonly name: string;
  /** Requests that one address may send in a minute; more are refused with 429. WAF takes no less than 10. */
  readonly requestsPerMinuteMax: number;
  /** Start of the API's paths. A longer body than 65,536 bytes is refused there with 413. */
  readonly apiPath: string;
}

/**
 * Rules of the common set that a legal request can trip, each with how. They count, which metrics and labels show.
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
const countedRules = {
  NoUserAgent_HEADER: "programs need not name themselves",
  SizeRestrictions_QUERYSTRING: "2,048 bytes; a cursor has up to 2,048 characters, beside other parameters",
  SizeRestrictions_BODY: "8 KB; the rule for bodies takes 64",
  EC2MetaDataSSRF_BODY: "free text, and addresses of webhooks, which delivery checks by itself",
  GenericLFI_URIPATH:
    "a sku may end in two dots, and a location follows it after a slash; nothing opens what a path names",
  GenericLFI_BODY: "free text of items, reasons and references",
  GenericRFI_BODY: "free text, and addresses of webhooks",
  CrossSiteScripting_BODY: "free text; answers are JSON, which no page takes for markup",
  EC2MetaDataSSRF_QUERYARGUMENTS: "words searched for; nothing fetches what a query names",
  GenericLFI_QUERYARGUMENTS: "words searched for; nothing opens what a query names",
  GenericRFI_QUERYARGUMENTS: "words searched for; nothing fetches what a query names",
  CrossSiteScripting_QUERYARGUMENTS: "words searched for; no page shows them as markup",
  RestrictedExtensions_URIPATH: "a sku may end in .log or .ini",
  RestrictedExtensions_QUERYARGUMENTS: "a sku may end in .log or .ini",
} as const;

/**
 * The firewall of a distribution: it limits requests by address and the length of bodies, and applies AWS's own rules.
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
