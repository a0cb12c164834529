import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { DatabaseError } from "pg";
import type { EventOf } from "../../contract/event.ts";
import type { Clock } from "../inventory/index.ts";
import type { Database } from "../runtime/database/database.ts";
import { handleEvents } from "../runtime/events/event-batch.ts";
import { measureFeedLag } from "../runtime/observability/feed-lag.ts";
import { aboutRequests, type Log } from "../runtime/observability/log.ts";
import type { Meter } from "../runtime/observability/meter.ts";
import { indexItems } from "./index-items.ts";

export interface SearchIndexerPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

/**
 * Creates a consumer that keeps search documents at the newest item version, for any order and repetition of events.
 */
export function createSearchIndexer(ports: SearchIndexerPorts) {
  const { database, log } = ports;
  return (event: SQSEvent): Promise<SQSBatchResponse> =>
    handleEvents(event, { types: ["ItemChanged"], log }, async (messages) => {
      const items = messages.map(({ event: { detail } }) => detail.after);
      try {
        await indexItems(database, items);
        const about = aboutRequests(messages.map(({ event: { detail } }) => detail.correlationId));
        log.info("items indexed", { itemCount: items.length, ...about });
        measureFeedLag(
          ports,
          items.map(({ updatedAt }) => updatedAt),
        );
        return [];
      } catch (error) {
        // When the database is down, the batch fails. When it refuses data, each message is tried separately.
        if (!isDataError(error) || messages.length === 1) throw error;
        const failed: string[] = [];
        for (const { messageId, event } of messages) {
          if (!(await isIndexed({ database, log }, event.detail))) failed.push(messageId);
        }
        return failed;
      }
    });
}

type Detail = EventOf<"ItemChanged">["detail"];

async function isIndexed(
  { database, log }: Pick<SearchIndexerPorts, "database" | "log">,
  { after, correlationId }: Detail,
): Promise<boolean> {
  const about = { correlation_id: correlationId, sku: after.sku, version: after.version };
  try {
    await indexItems(database, [after]);
    log.info("item indexed", about);
    return true;
  } catch (error) {
    if (!isDataError(error)) throw error;
    log.error("item refused by the database", { ...about, error });
    return false;
  }
}

/**
 * Checks for the SQLSTATE classes of data and constraint errors, and of program limits (for example, a long lexeme).
 */
const isDataError = (error: unknown): boolean => error instanceof DatabaseError && /^(22|23|54)/.test(error.code ?? "");
