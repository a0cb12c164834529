import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { parseEnvironment } from "../runtime/environment.ts";
import { createLog } from "../runtime/observability/log.ts";
import { createMeter, metered } from "../runtime/observability/meter.ts";
import { Environment } from "./environment.ts";
import { createMailer } from "./handler.ts";
import { createSendOnce } from "./send-once.ts";

const environment = parseEnvironment(Environment, process.env);
const log = createLog(environment);
const meter = createMeter(environment);
// One attempt: what happened to a call without an answer is not known, and the queue tries again.
const ses = new SESv2Client({
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
});

export const handler = metered(
  meter,
  createMailer({
    sendOnce: createSendOnce({
      client: new DynamoDBClient({ maxAttempts: 3 }),
      tableName: environment.IDEMPOTENCY_TABLE,
      send: async (mail) => {
        const { MessageId } = await ses.send(
          new SendEmailCommand({
            FromEmailAddress: environment.MAIL_FROM,
            Destination: { ToAddresses: environment.MAIL_TO },
            Content: { Simple: { Subject: { Data: mail.subject }, Body: { Text: { Data: mail.text } } } },
          }),
        );
        log.info("mail sent", { correlation_id: mail.correlationId, mail: mail.id, messageId: MessageId });
        meter.count("MailsSent");
      },
    }),
    log,
    meter,
  }),
);
