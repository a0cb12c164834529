import { connectRunOnce } from "../runtime/aws/idempotency.ts";
import { bind } from "../runtime/index.ts";
import { Environment } from "./environment.ts";
import { createMailer } from "./mailer.ts";
import { createSendMail } from "./send-mail.ts";

const binding = bind(Environment);
const { environment, ports } = binding;

export const handler = binding.metered(
  createMailer({
    ...ports,
    runOnce: connectRunOnce(binding, "mail"),
    send: createSendMail({ ...ports, from: environment.MAIL_FROM, to: environment.MAIL_TO }),
  }),
);
