import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from "@aws-sdk/client-eventbridge";
import type { Event } from "../../../contract/event.ts";
import type { Random, Wait } from "../../inventory/index.ts";
import { transport } from "../aws/transport.ts";
import type { Bound, Ports } from "../bind.ts";
import { lazy } from "../lazy.ts";
import type { eventBusVariable, Variables } from "../variables.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const entryCountMax = 10;
/** The size of all entries of a call. It is below the service's limit, which also counts names and times. */
const requestBytesMax = 240_000;
const attemptCountMax = 3;
const waitMsMax = 200;
/** The number of concurrent calls. */
const parallelCallCount = 4;

export interface EventPublisher {
  /** Publishes events. Returns those that the bus did not accept, in order. Does not throw when the bus fails. */
  publish(events: readonly Event[]): Promise<readonly Event[]>;
}

export interface EventPublisherPorts {
  /** Sends entries. Returns one result for each entry, in order. */
  readonly putEvents: (entries: PutEventsRequestEntry[]) => Promise<readonly PutEventsResultEntry[]>;
  readonly busName: string;
  readonly wait: Wait;
  readonly random: Random;
  /** Called with the reasons why entries were not accepted. */
  readonly onRefused: (reasons: readonly string[]) => void;
}

export function createEventPublisher(ports: EventPublisherPorts): EventPublisher {
  const publishBatch = async (batch: readonly Event[]): Promise<readonly Event[]> => {
    let left = batch;
    for (let attempt = 1; left.length > 0 && attempt <= attemptCountMax; attempt++) {
      if (attempt > 1) await ports.wait(waitMsMax * ports.random());
      const reasons = await put(ports, left);
      const refused = reasons.filter((reason) => reason !== undefined);
      if (refused.length > 0) ports.onRefused(refused);
      left = left.filter((_, index) => reasons[index] !== undefined);
    }
    return left;
  };
  return {
    publish: async (events) => {
      const batches = batchesOf(events);
      const left: Event[] = [];
      for (let start = 0; start < batches.length; start += parallelCallCount) {
        const wave = batches.slice(start, start + parallelCallCount);
        left.push(...(await Promise.all(wave.map(publishBatch))).flat());
      }
      return left;
    },
  };
}

/** Sends events. Returns for each one why it was not accepted, or undefined when it was. */
async function put(ports: EventPublisherPorts, events: readonly Event[]): Promise<readonly (string | undefined)[]> {
  try {
    const results = await ports.putEvents(events.map((event) => entryOf(event, ports.busName)));
    return events.map((_, index) => {
      const result = results[index];
      return result?.EventId !== undefined ? undefined : (result?.ErrorCode ?? "no result");
    });
  } catch (error) {
    return events.map(() => String(error));
  }
}

const entryOf = (event: Event, busName: string): PutEventsRequestEntry => ({
  EventBusName: busName,
  Source: event.source,
  DetailType: event["detail-type"],
  Detail: JSON.stringify(event.detail),
  Time: new Date(event.detail.occurredAt),
});

function batchesOf(events: readonly Event[]): readonly (readonly Event[])[] {
  const batches: Event[][] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event));
    const last = batches.at(-1);
    if (last && last.length < entryCountMax && bytes + size <= requestBytesMax) {
      last.push(event);
      bytes += size;
    } else {
      batches.push([event]);
      bytes = size;
    }
  }
  return batches;
}

/** Returns the event bus that a function's environment names. */
export function connectEventBus({
  environment,
  ports,
}: Bound<Variables<typeof eventBusVariable>, Pick<Ports, "wait" | "random" | "log">>): EventPublisher {
  return createEventPublisher({
    ...ports,
    putEvents: lazyPutEvents(),
    busName: environment.EVENT_BUS,
    onRefused: (reasons) => ports.log.warn("the bus did not accept events", { reasons: [...new Set(reasons)] }),
  });
}

function lazyPutEvents(): EventPublisherPorts["putEvents"] {
  const options = { connectTimeoutMs: 1_000, timeoutMs: 3_000, attemptCountMax: 3 };
  const client = lazy(() => new EventBridgeClient(transport(options)));
  return async (Entries) => (await client().send(new PutEventsCommand({ Entries }))).Entries ?? [];
}
