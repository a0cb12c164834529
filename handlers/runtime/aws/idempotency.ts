import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Context } from "aws-lambda";
import type { Bound } from "../bind.ts";
import type { idempotencyVariable, Variables } from "../variables.ts";

/**
 * Runs `effect` unless an effect with this id has already succeeded. Only one caller runs it at a time: the others get
 * an error. When `effect` throws, `RunOnce` throws, and the next call runs it again.
 */
export type RunOnce = (id: string, effect: () => Promise<void>, context: Context) => Promise<void>;

export interface RunOnceOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Separates the ids of one kind of effect from those of other kinds. */
  readonly keyPrefix: string;
}

/**
 * Longer than an event can be delivered again: up to four days in a queue, one day at the bus and one day of attempts
 * to deliver a webhook.
 */
const rememberedSeconds = 7 * 86_400;

/**
 * Makes effects idempotent by id, with Powertools. A function that stops between the effect and the write of its record
 * makes the effect twice. A function that stops before the effect blocks the id until its time-out is over; after that
 * another call runs the effect.
 */
export function createRunOnce({ client, tableName, keyPrefix }: RunOnceOptions): RunOnce {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: "id",
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: rememberedSeconds,
  });
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client });
  const guarded = makeIdempotent(
    async ({ id }: { readonly id: string }, effect: () => Promise<void>) => {
      await effect();
      return { done: id };
    },
    { persistenceStore, config, keyPrefix },
  );
  return async (id, effect, context) => {
    config.registerLambdaContext(context);
    await guarded({ id }, effect);
  };
}

/**
 * Returns the `RunOnce` of a function's environment. Its client is no document client, so that bundles stay smaller.
 */
export const connectRunOnce = (
  { environment }: Pick<Bound<Variables<typeof idempotencyVariable>>, "environment">,
  keyPrefix: string,
): RunOnce =>
  createRunOnce({
    client: new DynamoDBClient({ maxAttempts: 3 }),
    tableName: environment.IDEMPOTENCY_TABLE,
    keyPrefix,
  });
