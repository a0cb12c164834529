import { createHash } from "node:crypto";
import type { Topic } from "../../../contract/live.ts";

/** Where tickets, connections and subscriptions are in the `connections` table. Built here, parsed nowhere. */
export type Key = { readonly pk: string; readonly sk: string };

/** A digest, so that who reads the table cannot connect with what is in it. */
export const ticketKey = (ticket: string): Key => ({
  pk: `TICKET#${createHash("sha256").update(ticket).digest("hex")}`,
  sk: "HEAD",
});
export const connectionKey = (connection: string): Key => ({ pk: `CONNECTION#${connection}`, sk: "HEAD" });
export const topicPartition = (topic: Topic): string => `TOPIC#${topic}`;
/** Says that somebody may listen; where it is not, nobody does. */
export const topicKey = (topic: Topic): Key => ({ pk: topicPartition(topic), sk: "HEAD" });
export const subscriberPrefix = "CONNECTION#";
export const subscriptionKey = (topic: Topic, connection: string): Key => ({
  pk: topicPartition(topic),
  sk: `${subscriberPrefix}${connection}`,
});
