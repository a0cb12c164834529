import type { Firewall } from "./firewall.ts";
import type { WebAcl } from "./web-acl.ts";

export interface WebAclDescription {
  readonly id: string;
  readonly arn: string;
  /** Web ACL capacity units are not counted here. */
  readonly firewall: Firewall;
}

/** Web ACLs, and what each protects. */
export interface WafService {
  /** The id stays the same for the same name. */
  createWebAcl(acl: WebAcl): WebAclDescription;
  /** @throws Error when there is no such web ACL, or it is of another scope */
  find(arn: string, scope: WebAcl["scope"]): Firewall;
  /** Puts a regional web ACL before a resource, such as the stage of a REST API. */
  associate(options: { readonly webAclArn: string; readonly resourceArn: string }): void;
  dissociate(resourceArn: string): void;
  deleteWebAcl(arn: string): void;
  /** What stands before a resource, if anything does. */
  protecting(resourceArn: string): Firewall | undefined;
}
