import { z } from "zod";
import { Instant } from "./identifiers.ts";

/** An approximate count from SQS. null: SQS did not answer. */
const MessageCount = z.int().min(0).nullable();

/** Messages of a queue and of its dead letters. */
export const QueueState = z
  .strictObject({
    name: z.string(),
    depth: MessageCount.meta({ description: "Waiting to be taken" }),
    inFlight: MessageCount.meta({ description: "Taken, and neither done nor given back" }),
    delayed: MessageCount.meta({ description: "Not due yet; for the queue of expiries the reservations that wait" }),
    deadLetters: MessageCount.meta({
      description: "Given up after all tries, by its consumer or by the bus before it: each wants a look",
    }),
  })
  .meta({ id: "QueueState" });
export type QueueState = z.output<typeof QueueState>;

/** The position of a consumer in the change stream. A consumer without traffic looks like one that is stuck. */
export const FeedState = z
  .strictObject({
    name: z.string(),
    lagSeconds: z.number().min(0).nullable().meta({
      description: "From arrival in the stream to being written, of what was written last; null: nothing for a minute",
    }),
    asOf: Instant.nullable().meta({ description: "Changes up to here are in; null: none yet" }),
    movedAt: Instant.meta({ description: "When anything was last written" }),
  })
  .meta({ id: "FeedState" });
export type FeedState = z.output<typeof FeedState>;

/**
 * Versions that are missing in the ledger: how many, and since when the oldest is missing (null: none). Gaps close
 * within seconds without any action; a gap that is minutes old is a loss.
 */
export const GapState = z.strictObject({ open: z.int().min(0), oldestAt: Instant.nullable() }).meta({ id: "GapState" });
export type GapState = z.output<typeof GapState>;

/** The answer of `GET /operations`: the state of the system behind the API. null: that part did not answer. */
export const OperationsState = z
  .strictObject({
    asOf: Instant,
    queues: z.array(QueueState),
    feeds: z.array(FeedState).nullable(),
    gaps: GapState.nullable(),
  })
  .meta({ id: "OperationsState" });
export type OperationsState = z.output<typeof OperationsState>;
