import type { Firewall } from "./firewall.ts";
import type { WebAcl } from "./web-acl.ts";

export interface WebAclDescription {
  readonly id: string;
  readonly arn: string;
  /** It does not count web ACL capacity units. */
  readonly firewall: Firewall;
}

/** Web ACLs, and the resources that each protects. */
export interface WafService {
  /** The id stays the same for the same name. */
  createWebAcl(acl: WebAcl): WebAclDescription;
  /** @throws Error when there is no such web ACL, or it has another scope */
  find(arn: string, scope: WebAcl["scope"]): Firewall;
  /** Protects a resource, such as the stage of a REST API, with a regional web ACL. */
  associate(options: { readonly webAclArn: string; readonly resourceArn: string }): void;
  dissociate(resourceArn: string): void;
  deleteWebAcl(arn: string): void;
  /** The web ACL of a resource, if it has one. */
  protecting(resourceArn: string): Firewall | undefined;
}
