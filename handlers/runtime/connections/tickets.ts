import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { ticketKey } from "./keys.ts";
import { Holder } from "./records.ts";
import type { ConnectionTablePorts } from "./table-ports.ts";

/** The store of tickets. Each ticket opens one connection. */
export interface Tickets {
  keep(ticket: string, holder: Holder, expiresAt: string): Promise<void>;
  /** Uses up a ticket and returns its holder. Returns undefined when it is unknown, has expired or was already used. */
  take(ticket: string): Promise<Holder | undefined>;
}

export function createTickets({ dynamoDb, table, clock }: ConnectionTablePorts): Tickets {
  return {
    async keep(ticket, holder, expiresAt) {
      const ttl = Math.ceil(Date.parse(expiresAt) / 1_000);
      const item = { ...ticketKey(ticket), type: "ticket", ...holder, expiresAt, ttl };
      await dynamoDb().send(new PutCommand({ TableName: table, Item: item }));
    },
    async take(ticket) {
      try {
        const { Attributes } = await dynamoDb().send(
          new DeleteCommand({
            TableName: table,
            Key: ticketKey(ticket),
            ConditionExpression: "#expiresAt > :now",
            ExpressionAttributeNames: { "#expiresAt": "expiresAt" },
            ExpressionAttributeValues: { ":now": new Date(clock()).toISOString() },
            ReturnValues: "ALL_OLD",
          }),
        );
        return Holder.parse(Attributes);
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },
  };
}
