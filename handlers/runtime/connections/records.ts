import { z } from "zod";
import { Instant } from "../../../contract/identifiers.ts";
import { Topic } from "../../../contract/live.ts";

/** Who opened a connection, and until when the token stands for that. */
export const Holder = z.object({
  subject: z.string(),
  client: z.string(),
  scopes: z.array(z.string()),
  tokenExpiresAt: Instant,
});
export type Holder = z.output<typeof Holder>;

/** `topics` are those it subscribed to, so that all can be taken back when it ends. */
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

/** How much of a level a subscriber sees. */
export const View = z.enum(["level", "availability"]);
export type View = z.output<typeof View>;

/** All that it takes to tell a subscriber of a change. */
export const SubscriptionRecord = z.object({
  type: z.literal("subscription"),
  connection: z.string(),
  view: View,
  tokenExpiresAt: Instant,
});
export type SubscriptionRecord = z.output<typeof SubscriptionRecord>;
