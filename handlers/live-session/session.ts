import { z } from "zod";
import { Instant, type LocationId, type Sku } from "../../contract/identifiers.ts";
import type { Level } from "../../contract/level.ts";
import { liveLimits, type ServerFrame } from "../../contract/live.ts";
import { type Clock, toAvailability } from "../inventory/index.ts";
import {
  type ConnectionRecord,
  type Connections,
  type Holder,
  hasExpired,
  type Sockets,
  type View,
  viewOf,
} from "../runtime/connections/index.ts";
import type { Log } from "../runtime/index.ts";
import { errorFrame, type ReadFrame, readFrame, snapshotFrames } from "./frame.ts";

export interface SessionPorts {
  readonly connections: Connections;
  readonly sockets: Sockets;
  /** Reads the levels of an item that have ever changed, with a consistent read. */
  readonly levels: (sku: Sku, location?: LocationId) => Promise<readonly Level[]>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The context that the authorizer returned for a connection. */
const Authorized = z.object({
  subject: z.string(),
  client: z.string(),
  scopes: z.string().transform((text): string[] => text.split(" ").filter((name) => name !== "")),
  tokenExpiresAt: Instant,
});

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html */
const SocketEvent = z.looseObject({
  requestContext: z.looseObject({
    connectionId: z.string(),
    requestId: z.string().optional(),
    eventType: z.enum(["CONNECT", "MESSAGE", "DISCONNECT"]),
    authorizer: z.unknown().optional(),
  }),
  body: z.string().nullish(),
});

type Subscribe = Extract<ReadFrame, { readonly action: "subscribe" }>;

/** Creates the handler of the WebSocket API: it opens and closes connections and handles their frames. */
export function createSession(ports: SessionPorts): (event: unknown) => Promise<{ readonly statusCode: number }> {
  return async (event) => {
    const { requestContext, body } = SocketEvent.parse(event);
    const { connectionId, requestId, eventType, authorizer } = requestContext;
    switch (eventType) {
      case "CONNECT":
        await connect(ports, { connection: connectionId, holder: Authorized.parse(authorizer), requestId });
        break;
      case "MESSAGE":
        await receive(ports, connectionId, body ?? "");
        break;
      case "DISCONNECT":
        await ports.connections.close(connectionId);
        break;
      default:
        eventType satisfies never;
    }
    return { statusCode: 200 };
  };
}

interface Connecting {
  readonly connection: string;
  readonly holder: Holder;
  readonly requestId: string | undefined;
}

async function connect({ connections, log }: SessionPorts, { connection, holder, requestId }: Connecting) {
  await connections.open(connection, holder);
  log.info("connected", { correlation_id: requestId, connection, subject: holder.subject });
}

async function receive(ports: SessionPorts, connection: string, text: string): Promise<void> {
  const record = await ports.connections.read(connection);
  // The record was removed because a post failed or the token expired. The client has to connect again.
  if (!record) return ports.sockets.end(connection);
  if (hasExpired(record, ports.clock())) {
    await ports.sockets.post(connection, errorFrame("forbidden"));
    await ports.connections.close(connection);
    return ports.sockets.end(connection);
  }
  for await (const frame of answers(ports, record, readFrame(text))) {
    if (await ports.sockets.post(connection, frame)) continue;
    ports.log.info("connection gone before the response", { connection });
    return ports.connections.close(connection);
  }
}

async function* answers(
  ports: SessionPorts,
  record: ConnectionRecord,
  frame: ReturnType<typeof readFrame>,
): AsyncGenerator<ServerFrame> {
  if ("type" in frame) {
    yield frame;
    return;
  }
  switch (frame.action) {
    case "ping":
      yield { type: "pong" };
      return;
    case "unsubscribe":
      await ports.connections.unsubscribe(record.connection, [...frame.topics.keys()]);
      yield { type: "unsubscribed", id: frame.id };
      return;
    case "subscribe":
      yield* subscribe(ports, record, frame);
      return;
    default:
      frame satisfies never;
  }
}

/** Subscribes, then reads the snapshot: a change that is not in the snapshot reaches the client as a change frame. */
async function* subscribe(
  ports: SessionPorts,
  record: ConnectionRecord,
  frame: Subscribe,
): AsyncGenerator<ServerFrame> {
  const view = viewOf(record);
  if (!view) {
    yield errorFrame("forbidden", frame.id);
    return;
  }
  const topics = [...frame.topics.keys()];
  if (new Set([...record.topics, ...topics]).size > liveLimits.topicsPerConnectionMax) {
    yield errorFrame("bad_topic", frame.id);
    return;
  }
  if (!(await ports.connections.subscribe(record, topics, view))) return;
  yield { type: "subscribed", id: frame.id };
  for (const [topic, subject] of frame.topics) {
    if (subject.kind === "location") continue;
    const asOf = new Date(ports.clock()).toISOString();
    const levels = await ports.levels(subject.sku, subject.kind === "level" ? subject.location : undefined);
    yield* snapshotFrames(topic, levels).map((part) => ({ ...part, levels: shown(part.levels, view, asOf) }));
  }
}

const shown = (levels: readonly Level[], view: View, asOf: string) =>
  view === "level" ? [...levels] : levels.map((level) => toAvailability(level, asOf));
