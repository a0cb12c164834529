import { defineResource, ignored, text } from "./resource.ts";

export const sesv2EmailIdentity = defineResource({
  type: "aws_sesv2_email_identity",
  arguments: {
    email_identity: text(),
    configuration_set_name: ignored("mails are not sent, so there are no events about them"),
    dkim_signing_attributes: ignored("mails are not sent, so nobody verifies their signatures"),
  },
  apply: (args, { services }) => {
    const { arn } = services.mail.createIdentity(args.email_identity);
    const identity_type = args.email_identity.includes("@") ? "EMAIL_ADDRESS" : "DOMAIN";
    return { id: args.email_identity, arn, identity_type, verified_for_sending_status: true };
  },
  remove: (args, { services }) => services.mail.deleteIdentity(args.email_identity),
});
