import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { DatabaseError } from "pg";
import type { Item } from "../../../contract/catalogue.ts";
import { handleEvents } from "../../runtime/event-batch.ts";
import type { Log } from "../../runtime/log.ts";
import type { Database } from "../../runtime/postgres.ts";
import { indexItems } from "./index-items.ts";

export interface SearchIndexerPorts {
  readonly database: Database;
  readonly log: Log;
}

/** Keeps the search documents at the newest version of each item, whatever the order and number of deliveries. */
export function createSearchIndexer({ database, log }: SearchIndexerPorts) {
  return (event: SQSEvent): Promise<SQSBatchResponse> =>
    handleEvents(event, { types: ["ItemChanged"], log }, async (messages) => {
      const items = messages.map(({ event: { detail } }) => detail.after);
      try {
        await indexItems(database, items);
        log.info("items indexed", { itemCount: items.length });
        return [];
      } catch (error) {
        // A database that is down fails the batch; data that it refuses is looked for message by message.
        if (!isDataError(error) || messages.length === 1) throw error;
        const failed: string[] = [];
        for (const {
          messageId,
          event: { detail },
        } of messages) {
          if (!(await isIndexed({ database, log }, detail.after))) failed.push(messageId);
        }
        return failed;
      }
    });
}

async function isIndexed({ database, log }: SearchIndexerPorts, item: Item): Promise<boolean> {
  try {
    await indexItems(database, [item]);
    return true;
  } catch (error) {
    if (!isDataError(error)) throw error;
    log.error("item refused by the database", { sku: item.sku, version: item.version, error });
    return false;
  }
}

/** SQLSTATE classes of data and constraint errors, and limits of the program (a lexeme too long, for one). */
const isDataError = (error: unknown): boolean => error instanceof DatabaseError && /^(22|23|54)/.test(error.code ?? "");
