import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Mail } from "./low-stock-mail.ts";
import type { MailPorts } from "./mailer.ts";

/** Above the time in which an event can come again: four days in a queue, a day at the bus. */
const rememberedSeconds = 7 * 86_400;

/**
 * Sends under Powertools' idempotency. A function that dies between the send and the note of it sends twice: SES takes
 * no key by which it could know. One that dies before the send is followed by another when its time is over.
 */
export function createSendOnce(options: {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly send: (mail: Mail) => Promise<void>;
}): MailPorts["sendOnce"] {
  const { client, tableName, send } = options;
  const config = new IdempotencyConfig({
    eventKeyJmesPath: "id",
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: rememberedSeconds,
  });
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client });
  const guarded = makeIdempotent(
    async (mail: Mail) => {
      await send(mail);
      return { sent: mail.id };
    },
    { persistenceStore, config, keyPrefix: "mail" },
  );
  return async (mail, context) => {
    config.registerLambdaContext(context);
    await guarded(mail);
  };
}
