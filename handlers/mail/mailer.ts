import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { RunOnce } from "../runtime/aws/idempotency.ts";
import { handleEvents } from "../runtime/events/event-batch.ts";
import type { Log } from "../runtime/observability/log.ts";
import type { Meter } from "../runtime/observability/meter.ts";
import { lowStockMail, type Mail } from "./low-stock-mail.ts";

export interface MailPorts {
  readonly runOnce: RunOnce;
  readonly send: (mail: Mail) => Promise<void>;
  readonly log: Log;
  readonly meter: Meter;
}

/**
 * Creates a consumer that sends one mail for each StockRanLow event, however often the event is delivered. A mail can
 * be sent twice when SES gives no response, or when the function stops between the send and its record: SES accepts no
 * idempotency key.
 */
export function createMailer({ runOnce, send, log, meter }: MailPorts) {
  return (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
    handleEvents(event, { types: ["StockRanLow"], log }, async (messages) => {
      const failed: string[] = [];
      for (const { messageId, event: ranLow } of messages) {
        const mail = lowStockMail(ranLow);
        try {
          await runOnce(mail.id, () => send(mail), context);
        } catch (error) {
          const about = { correlation_id: mail.correlationId, mail: mail.id };
          log.error("mail not sent, the queue will deliver its event again", { ...about, error });
          meter.count("MailsNotSent");
          failed.push(messageId);
        }
      }
      return failed;
    });
}
