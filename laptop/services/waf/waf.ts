import type { ServiceContext } from "../context.ts";
import { stableUuid } from "../stable-id.ts";
import { createFirewall, type Firewall } from "./firewall.ts";
import type { WafService } from "./waf-service.ts";
import type { WebAcl } from "./web-acl.ts";

/** The region of web ACLs of distributions. */
const globalRegion = "us-east-1";

export function createWaf({
  region,
  accountId,
  timers,
}: Pick<ServiceContext, "region" | "accountId" | "timers">): WafService {
  const acls = new Map<string, { readonly scope: WebAcl["scope"]; readonly firewall: Firewall }>();
  const associations = new Map<string, string>();

  function find(arn: string, scope: WebAcl["scope"]): Firewall {
    const found = acls.get(arn);
    if (!found) throw new Error(`there is no web ACL ${arn}; known are ${[...acls.keys()].join(", ") || "none"}`);
    if (found.scope !== scope) throw new Error(`the web ACL ${arn} is ${found.scope}, and ${scope} is needed here`);
    return found.firewall;
  }

  return {
    createWebAcl: (acl) => {
      const id = stableUuid(`${acl.scope}/${acl.name}`);
      const [place, kind] = acl.scope === "CLOUDFRONT" ? [globalRegion, "global"] : [region, "regional"];
      const arn = `arn:aws:wafv2:${place}:${accountId}:${kind}/webacl/${acl.name}/${id}`;
      const firewall = createFirewall(acl, { timers, accountId });
      acls.set(arn, { scope: acl.scope, firewall });
      return { id, arn, firewall };
    },
    find,
    associate: ({ webAclArn, resourceArn }) => {
      find(webAclArn, "REGIONAL");
      associations.set(resourceArn, webAclArn);
    },
    dissociate: (resourceArn) => void associations.delete(resourceArn),
    deleteWebAcl: (arn) => void acls.delete(arn),
    protecting: (resourceArn) => {
      const webAclArn = associations.get(resourceArn);
      return webAclArn === undefined ? undefined : find(webAclArn, "REGIONAL");
    },
  };
}
