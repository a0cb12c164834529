import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { type Event, eventId, eventSource } from "../../contract/event.ts";
import { type Clock, placeKey, type Random, type Wait } from "../inventory/index.ts";
import { type EventMessage, handleEvents } from "../runtime/events/event-batch.ts";
import type { EventPublisher } from "../runtime/events/event-publisher.ts";
import { aboutRequests, type Log } from "../runtime/observability/log.ts";
import type { Meter } from "../runtime/observability/meter.ts";
import { type AlertTablePorts, readAlert, replaceAlert, type StoredAlert } from "./alert-table.ts";
import { advance, type Raised } from "./judge.ts";

export interface LowStockPorts extends AlertTablePorts {
  readonly bus: EventPublisher;
  readonly clock: Clock;
  readonly random: Random;
  readonly wait: Wait;
  readonly log: Log;
  readonly meter: Meter;
}

type Message = EventMessage<"StockLevelChanged">;

const attemptCountMax = 12;
const waitMsMax = 50;

/**
 * Creates a consumer that compares levels with the thresholds of their policies. It raises each event once, for any
 * order of changes.
 */
export function createLowStock(ports: LowStockPorts) {
  return (event: SQSEvent): Promise<SQSBatchResponse> =>
    handleEvents(event, { types: ["StockLevelChanged"], log: ports.log }, async (messages) => {
      const levels = Map.groupBy(messages, ({ event: { detail } }) => placeKey(detail.after));
      const failed = await Promise.all([...levels.values()].map((ofLevel) => judgeOrFail(ports, ofLevel)));
      const about = aboutRequests(messages.map(({ event }) => event.detail.correlationId));
      ports.log.info("levels judged", { levelCount: levels.size, failedCount: failed.flat().length, ...about });
      return failed.flat();
    });
}

async function judgeOrFail(ports: LowStockPorts, messages: readonly Message[]): Promise<readonly string[]> {
  try {
    const waiting = await judgeLevel(ports, messages);
    // The queue delivers waiting changes again. By then the missing change has arrived or `patienceMs` is over.
    return messages.filter(({ event }) => waiting.has(event.detail.version)).map(({ messageId }) => messageId);
  } catch (error) {
    ports.log.error("level not judged, the queue will deliver it again", {
      subject: messages[0]?.event.detail.subject,
      error,
    });
    return messages.map(({ messageId }) => messageId);
  }
}

/** Records events before it publishes them. If publishing fails, the next call for this level publishes them. */
async function judgeLevel(ports: LowStockPorts, messages: readonly Message[]): Promise<ReadonlySet<number>> {
  const [first] = messages;
  if (!first) return new Set();
  const place = first.event.detail.after;
  const changes = messages.map(({ event }) => event.detail);
  for (let attempt = 1; attempt <= attemptCountMax; attempt++) {
    if (attempt > 1) await ports.wait(waitMsMax * attempt * ports.random());
    const stored = await readAlert(ports, place);
    const alert = advance(stored?.alert, changes, ports.clock());
    if (!alert) return new Set();
    let current: StoredAlert = { alert, revision: stored?.revision ?? 0 };
    if (!stored || !isSame(stored, current)) {
      current = { alert, revision: current.revision + 1 };
      if ((await replaceAlert(ports, place, current)) === "moved") continue;
    }
    if (alert.raised.length > 0) {
      await announce(ports, alert.raised);
      // If another call wrote first, it publishes the same events again. Consumers recognise them by their ids.
      await replaceAlert(ports, place, { alert: { ...alert, raised: [] }, revision: current.revision + 1 });
    }
    return new Set(alert.waiting.map(({ detail }) => detail.version));
  }
  throw new Error(`${attemptCountMax} times in a row another call changed ${first.event.detail.subject} first`);
}

const isSame = (stored: StoredAlert, { alert }: StoredAlert): boolean =>
  stored.alert.version === alert.version && stored.alert.waiting.length === alert.waiting.length;

async function announce({ bus, log, meter }: LowStockPorts, raised: readonly Raised[]): Promise<void> {
  const refused = await bus.publish(raised.map(eventOf));
  if (refused.length > 0) throw new Error(`the bus did not accept ${refused.length} of ${raised.length} events`);
  for (const { type, detail } of raised) {
    const about = { correlation_id: detail.correlationId, subject: detail.subject, version: detail.version };
    log.info("crossing announced", { type, ...about });
  }
  meter.count("CrossingsAnnounced", raised.length);
}

const eventOf = ({ type, detail }: Raised): Event => ({
  source: eventSource,
  "detail-type": type,
  detail: { ...detail, id: eventId(type, detail.subject, detail.version) },
});
