import { expect, it } from "vitest";
import { probe, synthesize } from "../synthesized.fixture.ts";
import { MailSender } from "./mail-sender.ts";

it("MailSender allows a function to send from its address, and from no other", () => {
  const output = synthesize((stack) => {
    new MailSender(stack, "mail", { address: "shop@shop.example" }).grantSend(probe(stack));
  });
  expect(output.one("aws_sesv2_email_identity")).toMatchObject({ email_identity: "shop@shop.example" });
  expect(output.statements().slice(2)).toEqual([
    { Effect: "Allow", Action: ["ses:SendEmail"], Resource: [expect.stringContaining("email_identity.mail_identity")] },
  ]);
});
