import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { transport } from "../runtime/aws/transport.ts";
import type { Log, Meter } from "../runtime/index.ts";
import type { Mail } from "./low-stock-mail.ts";

interface SendMailPorts {
  readonly from: string;
  readonly to: string[];
  readonly log: Log;
  readonly meter: Meter;
}

/**
 * Returns a function that sends mails through SES. It makes one attempt: a call without a response may still have sent
 * the mail, and the queue retries.
 */
export function createSendMail({ from, to, log, meter }: SendMailPorts): (mail: Mail) => Promise<void> {
  const ses = new SESv2Client(transport({ connectTimeoutMs: 2_000, timeoutMs: 5_000, attemptCountMax: 1 }));
  return async (mail) => {
    const { MessageId } = await ses.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: to },
        Content: { Simple: { Subject: { Data: mail.subject }, Body: { Text: { Data: mail.text } } } },
      }),
    );
    log.info("mail sent", { correlation_id: mail.correlationId, mail: mail.id, messageId: MessageId });
    meter.count("MailsSent");
  };
}
