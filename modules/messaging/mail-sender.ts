import { Sesv2EmailIdentity } from "@cdktf/provider-aws/lib/sesv2-email-identity/index.js";
import { Construct } from "constructs";
import type { Grantee } from "../identity/role.ts";

export interface MailSenderProps {
  /** SES sends a link to this address once. After somebody has opened the link, SES sends mails from the address. */
  readonly address: string;
}

/**
 * An address from which Amazon SES sends mails. Intent: `grantSend`.
 * @example
 * const sender = new MailSender(stack, "sender", { address: "orders@example.com" });
 * sender.grantSend(publicFunction);
 */
export class MailSender extends Construct {
  readonly identity: Sesv2EmailIdentity;
  readonly address: string;

  constructor(scope: Construct, id: string, props: MailSenderProps) {
    super(scope, id);
    this.address = props.address;
    this.identity = new Sesv2EmailIdentity(this, "identity", { emailIdentity: props.address });
  }

  /** Allows sending mails from this address. */
  grantSend(grantee: Grantee): void {
    grantee.role.allow({ actions: ["ses:SendEmail"], resources: [this.identity.arn] });
  }
}
