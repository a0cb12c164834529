import { HoldfastError } from "../error.ts";
import type { Ports } from "../ports.ts";
import { createConnection } from "./connection.ts";
import { type LiveErrorCode, type ServerFrame, TOPICS_PER_FRAME_MAX } from "./frames.ts";
import { type Levels, noLevels, takeIn } from "./levels.ts";
import { type StockFeed, type StockState, viewOf } from "./stock-view.ts";

/** A page that is left and one that is entered share the connection. */
const LINGER_MS = 2_000;

interface Followed {
  readonly show: (levels: Levels, state: StockState, error?: unknown) => void;
  levels: Levels;
  /** On this connection: not asked for, asked for, or answered. */
  stage: "wanted" | "asked" | "live";
  /** A frame that named it was refused for one of its topics: it is asked for alone, so that no other suffers. */
  isAlone: boolean;
  /** Heartbeats that passed without an answer. */
  beats: number;
}

/** Levels over one WebSocket for all topics; a new connection asks for all of them again, which heals any gap. */
export function createLiveFeed(options: {
  readonly websocket: string;
  readonly ticket: () => Promise<string>;
  readonly ports: Ports;
}): StockFeed {
  const { ports } = options;
  const followed = new Map<string, Followed>();
  const asked = new Map<string, readonly string[]>();
  let isOpen = false;
  let isSyncPlanned = false;
  let frameCount = 0;
  let cancelLinger = () => {};

  const connection = createConnection({
    ...options,
    onOpen: () => {
      isOpen = true;
      sync();
    },
    onFrame: (frame) => take(frame),
    onDown: (error) => {
      isOpen = false;
      asked.clear();
      for (const topic of followed.values()) {
        topic.stage = "wanted";
        topic.show(topic.levels, error === undefined ? "connecting" : "failed", error);
      }
    },
    onBeat: () => {
      // A question or its answer was lost, though the connection stands.
      for (const topic of followed.values()) {
        if (topic.stage === "asked" && ++topic.beats > 1) topic.stage = "wanted";
      }
      sync();
    },
  });

  /** One frame for all that a page asks for at once. */
  const planSync = () => {
    if (isSyncPlanned) return;
    isSyncPlanned = true;
    queueMicrotask(() => {
      isSyncPlanned = false;
      sync();
    });
  };

  const sync = () => {
    if (!isOpen) return;
    const wanted = [...followed].filter(([, topic]) => topic.stage === "wanted");
    const names = (isAlone: boolean) => wanted.filter(([, topic]) => topic.isAlone === isAlone).map(([name]) => name);
    for (const topics of [...inFrames(names(false), TOPICS_PER_FRAME_MAX), ...inFrames(names(true), 1)]) {
      const id = `${++frameCount}`;
      asked.set(id, topics);
      for (const name of topics) Object.assign(followed.get(name) ?? {}, { stage: "asked", beats: 0 });
      connection.send({ action: "subscribe", id, topics });
    }
  };

  const take = (frame: ServerFrame) => {
    switch (frame.type) {
      case "snapshot":
        return arrive(frame.topic, frame.levels, frame.last);
      case "change":
        return arrive(frame.topic, [frame.level], false);
      case "subscribed":
        // A topic without a snapshot is live from here on.
        for (const name of asked.get(frame.id) ?? []) if (name.startsWith("location/")) arrive(name, [], true);
        asked.delete(frame.id);
        return;
      case "error":
        return refuse(frame.id, frame.code);
      default:
        return;
    }
  };

  const arrive = (name: string, levels: Parameters<typeof takeIn>[1], isComplete: boolean) => {
    const topic = followed.get(name);
    if (topic === undefined) return;
    const isNewlyLive = isComplete && topic.stage !== "live";
    if (isNewlyLive) topic.stage = "live";
    const before = topic.levels;
    topic.levels = takeIn(before, levels);
    if (isNewlyLive || topic.levels !== before)
      topic.show(topic.levels, topic.stage === "live" ? "live" : "connecting");
  };

  const refuse = (id: string | undefined, code: LiveErrorCode) => {
    const topics = asked.get(id ?? "") ?? [];
    asked.delete(id ?? "");
    if (topics.length > 1) {
      for (const name of topics) Object.assign(followed.get(name) ?? {}, { stage: "wanted", isAlone: true });
      return sync();
    }
    const error = new HoldfastError({
      code: code === "forbidden" ? "forbidden" : "validation_failed",
      message: `the service refused to follow ${topics.join(", ")}: ${code}`,
    });
    for (const name of topics) {
      const topic = followed.get(name);
      topic?.show(topic.levels, "failed", error);
    }
  };

  return {
    rest: connection.rest,
    wake: connection.wake,
    follow: (name, held, show) => {
      cancelLinger();
      const entry: Followed = {
        show: (levels, state, error) => show(viewOf(levels, state, error)),
        levels: takeIn(noLevels, held),
        stage: "wanted",
        isAlone: false,
        beats: 0,
      };
      followed.set(name, entry);
      connection.open();
      planSync();
      return () => {
        if (followed.get(name) !== entry) return;
        followed.delete(name);
        if (isOpen && entry.stage !== "wanted")
          connection.send({ action: "unsubscribe", id: `${++frameCount}`, topics: [name] });
        if (followed.size > 0) return;
        cancelLinger = ports.after(LINGER_MS, () => {
          isOpen = false;
          asked.clear();
          connection.close();
        });
      };
    },
  };
}

function inFrames(topics: readonly string[], size: number): string[][] {
  const frames: string[][] = [];
  for (let at = 0; at < topics.length; at += size) frames.push(topics.slice(at, at + size));
  return frames;
}
