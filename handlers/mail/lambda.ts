import { bind, createIdempotencyDynamoDb } from "../runtime/index.ts";
import { Environment } from "./environment.ts";
import { createMailer } from "./mailer.ts";
import { createSendMail } from "./send-mail.ts";
import { createSendOnce } from "./send-once.ts";

const { environment, ports, metered } = bind(Environment);

export const handler = metered(
  createMailer({
    ...ports,
    sendOnce: createSendOnce({
      client: createIdempotencyDynamoDb(),
      tableName: environment.IDEMPOTENCY_TABLE,
      send: createSendMail({ ...ports, from: environment.MAIL_FROM, to: environment.MAIL_TO }),
    }),
  }),
);
