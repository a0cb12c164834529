import type { KinesisStreamBatchResponse } from "aws-lambda";
import type { Level } from "../../contract/level.ts";
import { type ServerFrame, type Topic, topicsOf } from "../../contract/live.ts";
import { type Clock, toAvailability } from "../inventory/index.ts";
import {
  type Connections,
  hasExpired,
  postCountMax,
  type Sockets,
  type Subscribers,
  type SubscriptionRecord,
  type View,
} from "../runtime/connections/index.ts";
import { aboutRequests, type Log, type Meter } from "../runtime/index.ts";
import { measureFeedLag } from "../runtime/observability/feed-lag.ts";
import { KinesisEvent, newestLevels } from "../runtime/table-change/index.ts";
import { inParallel } from "./parallel.ts";

export interface BroadcasterPorts {
  readonly subscribers: Subscribers;
  readonly connections: Pick<Connections, "close">;
  readonly sockets: Sockets;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
}

/** One frame for one connection. */
interface Delivery {
  readonly topic: Topic;
  readonly subscription: SubscriptionRecord;
  readonly frame: ServerFrame;
}

const queryCountMax = 16;

/**
 * Creates a consumer that sends subscribers the newest version of each level in a batch of the change stream. It ends a
 * connection that cannot receive a frame, so that no client misses a change unnoticed: the client connects again and
 * reads a snapshot. While the table or the gateway does not respond, the batch fails and is delivered again. Clients
 * recognise a repeated frame by its version.
 */
export function createBroadcaster(ports: BroadcasterPorts): (event: unknown) => Promise<KinesisStreamBatchResponse> {
  return async (event) => {
    const { levels, unreadable, correlationIds, changedAt } = newestLevels(KinesisEvent.parse(event).Records);
    if (unreadable.length > 0) ports.log.warn("records that cannot be read were skipped", { unreadable });
    const deliveries = await deliveriesOf(ports, levels);
    const lost = new Map<string, string>();
    await inParallel(deliveries, postCountMax, (delivery) => deliver(ports, delivery, lost));
    await inParallel([...lost], queryCountMax, ([connection, reason]) => end(ports, connection, reason));
    await inParallel(
      deliveries.filter(({ subscription }) => lost.has(subscription.connection)),
      queryCountMax,
      // This also drops subscriptions that are not in the connection's list, because it ended while it subscribed.
      ({ topic, subscription }) => ports.subscribers.drop(topic, subscription.connection),
    );
    const { log, meter } = ports;
    measureFeedLag(ports, changedAt);
    if (deliveries.length > 0) meter.count("LiveFramesSent", deliveries.length);
    if (lost.size > 0) meter.count("LiveConnectionsLost", lost.size);
    const figures = { levelCount: levels.length, frameCount: deliveries.length, lostCount: lost.size };
    log.info("changes told", { ...figures, ...aboutRequests(correlationIds) });
    return { batchItemFailures: [] };
  };
}

async function deliveriesOf({ subscribers }: BroadcasterPorts, levels: readonly Level[]): Promise<Delivery[]> {
  const levelsByTopic = new Map<Topic, Level[]>();
  for (const level of levels) {
    for (const topic of topicsOf(level)) levelsByTopic.set(topic, [...(levelsByTopic.get(topic) ?? []), level]);
  }
  const watched = await subscribers.watched([...levelsByTopic.keys()]);
  const deliveries: Delivery[] = [];
  await inParallel(watched, queryCountMax, async (topic) => {
    for (const subscription of await subscribers.of(topic)) {
      for (const level of levelsByTopic.get(topic) ?? []) {
        deliveries.push({ topic, subscription, frame: changeFrame(topic, level, subscription.view) });
      }
    }
  });
  return deliveries;
}

function changeFrame(topic: Topic, level: Level, view: View): ServerFrame {
  // The level of a change always has a time.
  const asOf = level.updatedAt ?? "";
  return { type: "change", topic, level: view === "level" ? { ...level, asOf } : toAvailability(level, asOf) };
}

/** Sends a frame. Adds the connection to `lost`, with the reason, when it is gone or cannot receive the frame. */
async function deliver(
  { sockets, clock }: BroadcasterPorts,
  { subscription, frame }: Delivery,
  lost: Map<string, string>,
): Promise<void> {
  const { connection } = subscription;
  if (lost.has(connection)) return;
  if (hasExpired(subscription, clock())) {
    lost.set(connection, "its token has expired");
    return;
  }
  try {
    if (!(await sockets.post(connection, frame))) lost.set(connection, "it is gone");
  } catch (error) {
    lost.set(connection, `a frame could not be sent: ${String(error)}`);
  }
}

async function end({ connections, sockets, log }: BroadcasterPorts, connection: string, reason: string): Promise<void> {
  log.info("connection ended", { connection, reason });
  await sockets.end(connection);
  await connections.close(connection);
}
