import { randomUUID } from "node:crypto";
import { z } from "zod";
import { EngineError } from "../wire.ts";
import type { StoredMail } from "./mail-service.ts";

/** https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html */
const recipientCountMax = 50;

const Text = z.looseObject({ Data: z.string() });
const SendEmail = z.looseObject({
  FromEmailAddress: z.string(),
  Destination: z.looseObject({
    ToAddresses: z.array(z.string()).default([]),
    CcAddresses: z.array(z.string()).default([]),
    BccAddresses: z.array(z.string()).default([]),
  }),
  Content: z.looseObject({
    Simple: z.looseObject({ Subject: Text, Body: z.looseObject({ Text: Text.optional(), Html: Text.optional() }) }),
  }),
});

/**
 * The mail that a SendEmail request asks for.
 * @throws EngineError when the request is malformed, or its sender is not one of the identities
 */
export function readSendEmail(
  body: string,
  { identities, nowMs }: { readonly identities: ReadonlySet<string>; readonly nowMs: number },
): StoredMail {
  const input = SendEmail.safeParse(JSON.parse(body || "{}"));
  if (!input.success) throw mailProblem("BadRequestException", z.prettifyError(input.error));
  const { FromEmailAddress, Destination, Content } = input.data;
  const from = senderOf(FromEmailAddress, identities);
  const to = [...Destination.ToAddresses, ...Destination.CcAddresses, ...Destination.BccAddresses];
  if (to.length === 0 || to.length > recipientCountMax) {
    throw mailProblem("BadRequestException", `a mail has 1 to ${recipientCountMax} recipients, not ${to.length}`);
  }
  const { Subject, Body } = Content.Simple;
  return {
    id: randomUUID(),
    at: new Date(nowMs).toISOString(),
    from,
    to,
    subject: Subject.Data,
    ...(Body.Text && { text: Body.Text.Data }),
    ...(Body.Html && { html: Body.Html.Data }),
  };
}

/** The address without the display name. Itself or its domain must be an identity. */
function senderOf(fromEmailAddress: string, identities: ReadonlySet<string>): string {
  const address = /<([^>]+)>$/.exec(fromEmailAddress)?.[1] ?? fromEmailAddress;
  const domain = address.split("@").at(-1) ?? "";
  if (identities.has(address) || identities.has(domain)) return address;
  throw mailProblem("MessageRejected", `Email address is not verified. The following identities failed: ${address}`);
}

export const mailProblem = (code: string, message: string, status = 400) => new EngineError({ code, status, message });
