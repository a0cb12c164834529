import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Ids } from "../inventory/index.ts";
import { ExpiryTimer, type Log, type Meter, sendExpiryTimer, type TimerPorts } from "../runtime/index.ts";
import type { ReservationStore } from "../store/index.ts";

export interface ExpiryPorts extends TimerPorts {
  readonly store: Pick<ReservationStore, "expire">;
  readonly ids: Ids;
  readonly log: Log;
  readonly meter: Meter;
}

/**
 * Creates a handler that expires due reservations. A timer that is not due yet is sent again, because a queue delays a
 * message by at most 15 minutes.
 */
export function createExpiryHandler(ports: ExpiryPorts) {
  return async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const handleRecord = async (record: SQSRecord) => {
      try {
        await handleTimer(ports, ExpiryTimer.parse(JSON.parse(record.body)));
      } catch (error) {
        ports.log.error("timer failed, the queue will deliver it again", { message_id: record.messageId, error });
        throw error;
      }
    };
    // A processor keeps the state of one batch, so each batch needs a new one.
    return processPartialResponse(event, handleRecord, new BatchProcessor(EventType.SQS), {
      processInParallel: true,
      throwOnFullBatchFailure: false,
    });
  };
}

async function handleTimer(ports: ExpiryPorts, timer: ExpiryTimer): Promise<void> {
  const { clock, ids, store, log, meter } = ports;
  if (clock() < Date.parse(timer.dueAt)) return sendExpiryTimer(ports, timer);
  const context = { requestId: ids(), actor: "expiry", receivedAtMs: clock() };
  const outcome = await store.expire(context, timer.id);
  // The command has its own id. The timer has the id of the request that set it.
  const about = { correlation_id: context.requestId, timer_correlation_id: timer.correlationId, reservation: timer.id };
  if (outcome.kind === "expired") {
    const lateMs = clock() - Date.parse(timer.dueAt);
    log.info("expired", { ...about, lateMs });
    meter.count("ReservationsExpired");
    meter.measure("ExpiryLag", lateMs);
    return;
  }
  log.debug("not due yet, or already decided", { ...about, dueAt: outcome.dueAt });
  // A request that moved the deadline has set its own timer. If the deadline is the same, only the clocks differ.
  if (outcome.dueAt === timer.dueAt) await sendExpiryTimer(ports, timer);
}
