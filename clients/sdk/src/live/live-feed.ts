import { HoldfastError } from "../error.ts";
import type { Ports } from "../ports.ts";
import { createConnection } from "./connection.ts";
import { type LiveErrorCode, type ServerFrame, topicsPerFrameMax } from "./frames.ts";
import { type Levels, noLevels, takeIn } from "./levels.ts";
import { type StockFeed, type StockState, viewOf } from "./stock-view.ts";

/** A page that is left and one that is entered share the connection and its topics. */
const lingerMs = 2_000;
/** Heartbeats that may pass without an answer. */
const beatsMax = 1;

interface Followed {
  show: (levels: Levels, state: StockState, error?: unknown) => void;
  levels: Levels;
  /** On this connection: not asked for, asked for, or answered. */
  stage: "wanted" | "asked" | "live";
  /** A frame that named it was refused for one of its topics: it is asked for alone, so that no other suffers. */
  isAlone: boolean;
  /** Heartbeats since it was asked for. */
  beats: number;
  cancelLinger: () => void;
}

interface Question {
  readonly action: "subscribe" | "unsubscribe";
  readonly id: string;
  readonly topics: readonly string[];
  beats: number;
}

/**
 * Levels over one WebSocket for all topics; a new connection asks for all of them again, which heals any gap. Each
 * frame waits for the answer to the one before: the service may handle two at once, and an `unsubscribe` that it
 * handled late would silence a topic that was asked for again.
 */
export function createLiveFeed(options: {
  readonly websocket: string;
  readonly ticket: () => Promise<string>;
  readonly ports: Ports;
}): StockFeed {
  const { ports } = options;
  const followed = new Map<string, Followed>();
  /** To be unsubscribed. */
  const left = new Set<string>();
  let question: Question | undefined;
  let isOpen = false;
  let isSyncPlanned = false;
  let frameCount = 0;

  const connection = createConnection({
    ...options,
    onOpen: () => {
      isOpen = true;
      sync();
    },
    onFrame: (frame) => take(frame),
    onDown: (error) => {
      forget();
      for (const topic of followed.values()) {
        topic.stage = "wanted";
        topic.show(topic.levels, error === undefined ? "connecting" : "failed", error);
      }
    },
    onBeat: () => {
      // A question or its answer was lost, though the connection stands.
      if (question !== undefined && ++question.beats > beatsMax) question = undefined;
      for (const topic of followed.values()) {
        if (topic.stage === "asked" && ++topic.beats > beatsMax) topic.stage = "wanted";
      }
      sync();
    },
  });

  const forget = () => {
    isOpen = false;
    question = undefined;
    left.clear();
  };

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
    if (!isOpen || question !== undefined) return;
    const action = left.size > 0 ? "unsubscribe" : "subscribe";
    const topics = action === "unsubscribe" ? [...left].slice(0, topicsPerFrameMax) : wantedTogether();
    if (topics.length === 0) return;
    for (const name of topics) {
      if (action === "unsubscribe") left.delete(name);
      else Object.assign(followed.get(name) ?? {}, { stage: "asked", beats: 0 });
    }
    const id = `${++frameCount}`;
    question = { action, id, topics, beats: 0 };
    connection.send({ action, id, topics });
  };

  const wantedTogether = (): readonly string[] => {
    const wanted = [...followed].filter(([, topic]) => topic.stage === "wanted");
    const together = wanted.filter(([, topic]) => !topic.isAlone).slice(0, topicsPerFrameMax);
    return (together.length > 0 ? together : wanted.slice(0, 1)).map(([name]) => name);
  };

  const take = (frame: ServerFrame) => {
    switch (frame.type) {
      case "snapshot":
        return arrive(frame.topic, frame.levels, frame.last);
      case "change":
        return arrive(frame.topic, [frame.level], false);
      case "subscribed":
      case "unsubscribed":
        // A topic without a snapshot is live from here on.
        for (const name of answered(frame.id)) if (name.startsWith("location/")) arrive(name, [], true);
        return sync();
      case "error":
        refuse(answered(frame.id), frame.code);
        return sync();
      default:
        return;
    }
  };

  /** The topics of the question with this id, which waits no more. */
  const answered = (id: string | undefined): readonly string[] => {
    if (question === undefined || question.id !== id) return [];
    const { topics } = question;
    question = undefined;
    return topics;
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

  const refuse = (topics: readonly string[], code: LiveErrorCode) => {
    const error = new HoldfastError({
      code: code === "forbidden" ? "forbidden" : "validation_failed",
      message: `the service refused to follow ${topics.join(", ")}: ${code}`,
    });
    for (const name of topics) {
      const topic = followed.get(name);
      if (topics.length > 1) Object.assign(topic ?? {}, { stage: "wanted", isAlone: true });
      else topic?.show(topic.levels, "failed", error);
    }
  };

  const leave = (name: string, topic: Followed) => {
    followed.delete(name);
    if (followed.size === 0) {
      forget();
      return connection.close();
    }
    if (isOpen && topic.stage !== "wanted") left.add(name);
    sync();
  };

  return {
    rest: connection.rest,
    wake: connection.wake,
    follow: (name, held, show) => {
      const topic = followed.get(name) ?? newTopic();
      followed.set(name, topic);
      left.delete(name);
      topic.cancelLinger();
      topic.levels = takeIn(topic.levels, held);
      const mine: Followed["show"] = (levels, state, error) => show(viewOf(levels, state, error));
      topic.show = mine;
      if (topic.stage === "live") mine(topic.levels, "live");
      connection.open();
      planSync();
      return () => {
        if (topic.show !== mine) return;
        topic.show = () => {};
        topic.cancelLinger = ports.after(lingerMs, () => leave(name, topic));
      };
    },
  };
}

function newTopic(): Followed {
  return {
    levels: noLevels,
    stage: "wanted",
    isAlone: false,
    beats: 0,
    show: () => {},
    cancelLinger: () => {},
  };
}
