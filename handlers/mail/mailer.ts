import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { handleEvents } from "../runtime/events/event-batch.ts";
import type { Log } from "../runtime/observability/log.ts";
import type { Meter } from "../runtime/observability/meter.ts";
import { lowStockMail, type Mail } from "./low-stock-mail.ts";

export interface MailPorts {
  /** Sends a mail unless one with its id was sent. */
  readonly sendOnce: (mail: Mail, context: Context) => Promise<void>;
  readonly log: Log;
  readonly meter: Meter;
}

/** One mail a crossing, however often its event is delivered. */
export function createMailer({ sendOnce, log, meter }: MailPorts) {
  return (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
    handleEvents(event, { types: ["StockRanLow"], log }, async (messages) => {
      const failed: string[] = [];
      for (const { messageId, event: crossing } of messages) {
        const mail = lowStockMail(crossing);
        try {
          await sendOnce(mail, context);
        } catch (error) {
          const about = { correlation_id: mail.correlationId, mail: mail.id };
          log.error("mail not sent, the queue will bring its event again", { ...about, error });
          meter.count("MailsNotSent");
          failed.push(messageId);
        }
      }
      return failed;
    });
}
