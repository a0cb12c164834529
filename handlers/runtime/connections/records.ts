import { z } from "zod";
import { Instant } from "../../../contract/identifiers.ts";
import { Topic } from "../../../contract/live.ts";

/** The principal who opened a connection, and when the token expires. */
export const Holder = z.object({
  subject: z.string(),
  client: z.string(),
  scopes: z.array(z.string()),
  tokenExpiresAt: Instant,
});
export type Holder = z.output<typeof Holder>;

/** A connection. `topics` are its subscriptions, so that all of them can be removed when it ends. */
export const ConnectionRecord = z.object({
  ...Holder.shape,
  type: z.literal("connection"),
  connection: z.string(),
  topics: z
    .set(Topic)
    .default(() => new Set<string>())
    .transform((topics): ReadonlySet<Topic> => topics),
});
export type ConnectionRecord = z.output<typeof ConnectionRecord>;

/** The part of a level that a subscriber may see. */
export const View = z.enum(["level", "availability"]);
export type View = z.output<typeof View>;

/** The data needed to send a change to a subscriber. */
export const SubscriptionRecord = z.object({
  type: z.literal("subscription"),
  connection: z.string(),
  view: View,
  tokenExpiresAt: Instant,
});
export type SubscriptionRecord = z.output<typeof SubscriptionRecord>;
