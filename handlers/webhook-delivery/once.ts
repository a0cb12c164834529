import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { WebhookDeliveryPorts } from "./webhook-delivery.ts";

/** Above the time in which an event can come again: four days in a queue, a day at the bus, a day of attempts. */
const rememberedSeconds = 7 * 86_400;

/** Powertools' idempotency by the id of the message: the same event twice is delivered once. */
export function createOnce(client: DynamoDBClient, tableName: string): WebhookDeliveryPorts["once"] {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: "messageId",
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: rememberedSeconds,
  });
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client });
  const guarded = makeIdempotent(
    async ({ messageId }: { readonly messageId: string }, deliver: () => Promise<void>) => {
      await deliver();
      return { delivered: messageId };
    },
    { persistenceStore, config, keyPrefix: "webhook" },
  );
  return async (messageId, deliver, context) => {
    config.registerLambdaContext(context);
    await guarded({ messageId }, deliver);
  };
}
