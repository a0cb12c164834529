import { createHash } from "node:crypto";
import type { Topic } from "../../../contract/live.ts";
import type { Key } from "../../inventory/index.ts";

// Keys of tickets, connections and subscriptions in the `connections` table. They are built here and parsed nowhere.

/** A digest, so that nobody who reads the table can connect with a ticket. */
export const ticketKey = (ticket: string): Key => ({
  pk: `TICKET#${createHash("sha256").update(ticket).digest("hex")}`,
  sk: "HEAD",
});
export const connectionKey = (connection: string): Key => ({ pk: `CONNECTION#${connection}`, sk: "HEAD" });
export const topicPartition = (topic: Topic): string => `TOPIC#${topic}`;
/** The record of a topic that may have subscribers. A topic without this record has none. */
export const topicKey = (topic: Topic): Key => ({ pk: topicPartition(topic), sk: "HEAD" });
export const subscriberPrefix = "CONNECTION#";
export const subscriptionKey = (topic: Topic, connection: string): Key => ({
  pk: topicPartition(topic),
  sk: `${subscriberPrefix}${connection}`,
});
