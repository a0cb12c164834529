import { z } from "zod";
import type { ReadCalls } from "./aws-call.ts";

const Mail = z.object({ FromEmailAddress: z.string() });

/** SES v2 uses the IAM action of version 1: `ses:SendEmail` on the sending identity. */
export const readSes: ReadCalls = ({ method, url, body }, { region, accountId }) => {
  if (method !== "POST" || url.split("?")[0] !== "/v2/email/outbound-emails") return undefined;
  try {
    const { FromEmailAddress } = Mail.parse(JSON.parse(body.toString("utf8")));
    const address = /<([^>]+)>$/.exec(FromEmailAddress)?.[1] ?? FromEmailAddress;
    const resource = `arn:aws:ses:${region}:${accountId}:identity/${address}`;
    return [{ action: "ses:SendEmail", resource, context: { "ses:FromAddress": address } }];
  } catch {
    return undefined;
  }
};
