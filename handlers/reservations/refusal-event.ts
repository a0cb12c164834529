import { type EventOf, type EventTypeRaisedBy, eventId, eventSource } from "../../contract/event.ts";
import { HoldRefusalCode, type RefusedHold } from "../../contract/event-detail.ts";
import type { Refusal } from "../../contract/problem.ts";
import type { Clock, CommandContext, Wait } from "../inventory/index.ts";
import type { EventPublisher } from "../runtime/events/event-publisher.ts";
import type { Log, Meter } from "../runtime/index.ts";

/** A short limit, because the client waits for its refusal meanwhile. */
const announceMsMax = 50;

export interface RefusalEventPorts {
  readonly bus: EventPublisher;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly log: Log;
  readonly meter: Meter;
}

type Asked = Omit<RefusedHold, "code" | "detail" | "shortfalls">;

/** Announces that a hold was refused. Never throws: a lost announcement loses no change, because nothing changed. */
export type AnnounceRefusal = (context: CommandContext, asked: Asked, refusal: Refusal) => Promise<void>;

export function createAnnounceRefusal(ports: RefusalEventPorts): AnnounceRefusal {
  return async (context, asked, refusal) => {
    const code = HoldRefusalCode.safeParse(refusal.code);
    if (!code.success) return;
    const { detail, ...rest } = refusal;
    const shortfalls = "shortfalls" in rest ? { shortfalls: [...rest.shortfalls] } : {};
    const refused = { ...asked, code: code.data, detail, ...shortfalls };
    const event = makers.ReservationRefused(context, ports.clock(), refused);
    if (await withinBound(ports, ports.bus.publish([event]))) return;
    ports.log.warn("refusal not announced in time", { correlation_id: context.requestId, code: code.data });
    ports.meter.count("RefusalsNotAnnounced");
  };
}

/**
 * Returns whether the bus accepted the event in time. After the time limit the call continues in the background, so a
 * slow bus, for example at the first call, can still get the event.
 */
async function withinBound(
  { wait }: RefusalEventPorts,
  published: ReturnType<EventPublisher["publish"]>,
): Promise<boolean> {
  const answered = new AbortController();
  const refused = await Promise.race([published, wait(announceMsMax, answered.signal)]);
  answered.abort();
  return refused !== undefined && refused.length === 0;
}

/** The makers of the events that this function publishes, one for each event type. */
const makers: {
  readonly [Type in EventTypeRaisedBy<"reservations">]: (
    context: CommandContext,
    nowMs: number,
    refused: RefusedHold,
  ) => EventOf<Type>;
} = { ReservationRefused: refusalEvent };

function refusalEvent(
  { requestId, actor }: CommandContext,
  nowMs: number,
  refused: RefusedHold,
): EventOf<"ReservationRefused"> {
  const subject = `request/${requestId}`;
  return {
    source: eventSource,
    "detail-type": "ReservationRefused",
    detail: {
      id: eventId("ReservationRefused", subject, 0),
      subject,
      version: 0,
      before: null,
      after: null,
      refused,
      occurredAt: new Date(nowMs).toISOString(),
      cause: { type: "request", id: requestId },
      actor,
      correlationId: requestId,
    },
  };
}
