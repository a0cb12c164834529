import { applyInstance } from "../resources/index.ts";
import { instanceOf, laptopWith } from "../resources/laptop.fixture.ts";
import type { Firewall } from "../services/index.ts";
import { createWaf } from "../services/waf/waf.ts";
import type { ValueMap } from "../terraform/index.ts";

export type { Verdict, WebRequest } from "../services/index.ts";

/**
 * Returns the firewall of a distribution's web ACL, interpreted as in the laptop cloud, without a server. `webAcl`
 * contains the arguments of an `aws_wafv2_web_acl` as in Terraform. `now` is the clock of the rate rules.
 */
export async function firewallOf(webAcl: ValueMap, now: () => number): Promise<Firewall> {
  const timers = { now, after: () => () => undefined };
  const waf = createWaf({ region: "us-east-1", accountId: "000000000000", timers });
  const instance = { ...instanceOf("aws_wafv2_web_acl", webAcl), region: "us-east-1" };
  const { arn } = await applyInstance(instance, laptopWith({ services: { waf } }));
  return waf.find(String(arn), "CLOUDFRONT");
}
