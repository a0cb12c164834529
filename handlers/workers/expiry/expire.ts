import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Ids } from "../../inventory/index.ts";
import { ExpiryTimer, type Log, sendExpiryTimer, type TimerPorts } from "../../runtime/index.ts";
import type { ReservationStore } from "../../store/index.ts";

export interface ExpiryPorts extends TimerPorts {
  readonly store: Pick<ReservationStore, "expire">;
  readonly ids: Ids;
  readonly log: Log;
}

/** Expires what is due. A timer that is not due yet goes round again: a queue delays by 15 minutes at most. */
export function createExpiryHandler(ports: ExpiryPorts) {
  return async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const handleRecord = async (record: SQSRecord) => {
      try {
        await handleTimer(ports, ExpiryTimer.parse(JSON.parse(record.body)));
      } catch (error) {
        ports.log.error("timer failed, the queue will bring it again", { message_id: record.messageId, error });
        throw error;
      }
    };
    // A processor keeps the state of one batch.
    return processPartialResponse(event, handleRecord, new BatchProcessor(EventType.SQS), {
      processInParallel: true,
      throwOnFullBatchFailure: false,
    });
  };
}

async function handleTimer(ports: ExpiryPorts, timer: ExpiryTimer): Promise<void> {
  const { clock, ids, store, log } = ports;
  if (clock() < Date.parse(timer.dueAt)) return sendExpiryTimer(ports, timer);
  const context = { requestId: ids(), actor: "expiry", receivedAtMs: clock() };
  const outcome = await store.expire(context, timer.id);
  if (outcome.kind === "expired") {
    log.info("expired", {
      requestId: context.requestId,
      reservation: timer.id,
      lateMs: clock() - Date.parse(timer.dueAt),
    });
    return;
  }
  // Whoever moved the deadline has set a timer of its own; only where this is still the deadline, the clocks differ.
  if (outcome.dueAt === timer.dueAt) await sendExpiryTimer(ports, timer);
}
