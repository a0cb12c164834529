import { HoldfastError } from "../error.ts";
import type { Ports } from "../ports.ts";
import { Connection } from "./connection.ts";
import { type LiveErrorCode, type ServerFrame, topicsPerFrameMax } from "./frames.ts";
import { type Levels, noLevels, type StockLevel, takeIn } from "./levels.ts";
import { type StockFeed, type StockState, type StockView, viewOf } from "./stock-view.ts";

/** A topic stays subscribed for this time after its last listener, so that the next page can use it again. */
const lingerMs = 2_000;
/** The number of heartbeats that may pass without an answer. */
const beatsMax = 1;

interface Followed {
  show: (levels: Levels, state: StockState, error?: unknown) => void;
  levels: Levels;
  /** The state on this connection: not requested, requested, or answered. */
  stage: "wanted" | "asked" | "live";
  /** Whether a frame with this topic was refused. Its topics are then requested one by one, to find the refused one. */
  isAlone: boolean;
  /** Heartbeats since the request. */
  beats: number;
  cancelLinger: () => void;
}

interface Question {
  readonly action: "subscribe" | "unsubscribe";
  readonly id: string;
  readonly topics: readonly string[];
  beats: number;
}

export interface LiveFeedOptions {
  readonly websocket: string;
  readonly ticket: () => Promise<string>;
  readonly ports: Ports;
}

/**
 * A feed of levels over one WebSocket for all topics. A new connection subscribes to all of them again, which fills
 * any gap. Each frame waits for the answer to the one before, because the service may handle two concurrently: an
 * `unsubscribe` that it handled late would end a newer subscription to the same topic.
 */
export class LiveFeed implements StockFeed {
  readonly #ports: Ports;
  readonly #connection: Connection;
  readonly #followed = new Map<string, Followed>();
  readonly #toUnsubscribe = new Set<string>();
  #question: Question | undefined;
  #isOpen = false;
  #isSyncPlanned = false;
  #frameCount = 0;

  constructor(options: LiveFeedOptions) {
    this.#ports = options.ports;
    this.#connection = new Connection({
      ...options,
      onOpen: () => {
        this.#isOpen = true;
        this.#sync();
      },
      onFrame: (frame) => this.#take(frame),
      onDown: (error) => this.#startOver(error),
      onBeat: () => this.#askAgain(),
    });
  }

  rest(): void {
    this.#connection.rest();
  }

  wake(): void {
    this.#connection.wake();
  }

  follow(name: string, held: readonly StockLevel[], show: (view: StockView) => void): () => void {
    const topic = this.#followed.get(name) ?? newTopic();
    this.#followed.set(name, topic);
    this.#toUnsubscribe.delete(name);
    topic.cancelLinger();
    topic.levels = takeIn(topic.levels, held);
    const mine: Followed["show"] = (levels, state, error) => show(viewOf(levels, state, error));
    topic.show = mine;
    if (topic.stage === "live") mine(topic.levels, "live");
    this.#connection.open();
    this.#planSync();
    return () => {
      if (topic.show !== mine) return;
      topic.show = () => {};
      topic.cancelLinger = this.#ports.after(lingerMs, () => this.#leave(name, topic));
    };
  }

  /** Marks every topic as not requested, because the connection ended. */
  #startOver(error: unknown): void {
    this.#forget();
    for (const topic of this.#followed.values()) {
      topic.stage = "wanted";
      topic.show(topic.levels, error === undefined ? "connecting" : "failed", error);
    }
  }

  /** Sends again what got no answer, because a frame can get lost on an open connection. */
  #askAgain(): void {
    if (this.#question !== undefined && ++this.#question.beats > beatsMax) this.#question = undefined;
    for (const topic of this.#followed.values()) {
      if (topic.stage === "asked" && ++topic.beats > beatsMax) topic.stage = "wanted";
    }
    this.#sync();
  }

  #forget(): void {
    this.#isOpen = false;
    this.#question = undefined;
    this.#toUnsubscribe.clear();
  }

  /** Collects all topics that a page requests in one turn into one frame. */
  #planSync(): void {
    if (this.#isSyncPlanned) return;
    this.#isSyncPlanned = true;
    queueMicrotask(() => {
      this.#isSyncPlanned = false;
      this.#sync();
    });
  }

  #sync(): void {
    if (!this.#isOpen || this.#question !== undefined) return;
    const action = this.#toUnsubscribe.size > 0 ? "unsubscribe" : "subscribe";
    const topics =
      action === "unsubscribe" ? [...this.#toUnsubscribe].slice(0, topicsPerFrameMax) : this.#wantedTogether();
    if (topics.length === 0) return;
    for (const name of topics) {
      if (action === "unsubscribe") this.#toUnsubscribe.delete(name);
      else Object.assign(this.#followed.get(name) ?? {}, { stage: "asked", beats: 0 });
    }
    const id = `${++this.#frameCount}`;
    this.#question = { action, id, topics, beats: 0 };
    this.#connection.send({ action, id, topics });
  }

  #wantedTogether(): readonly string[] {
    const wanted = [...this.#followed].filter(([, topic]) => topic.stage === "wanted");
    const together = wanted.filter(([, topic]) => !topic.isAlone).slice(0, topicsPerFrameMax);
    return (together.length > 0 ? together : wanted.slice(0, 1)).map(([name]) => name);
  }

  #take(frame: ServerFrame) {
    switch (frame.type) {
      case "snapshot":
        return this.#arrive(frame.topic, frame.levels, frame.last);
      case "change":
        return this.#arrive(frame.topic, [frame.level], false);
      case "subscribed":
      case "unsubscribed":
        // Topics of a location have no snapshot, so they are live from this answer on.
        for (const name of this.#answered(frame.id)) if (name.startsWith("location/")) this.#arrive(name, [], true);
        return this.#sync();
      case "error":
        this.#refuse(this.#answered(frame.id), frame.code);
        return this.#sync();
      default:
        return;
    }
  }

  /** Returns the topics of the frame that this answer belongs to, and marks it as answered. */
  #answered(id: string | undefined): readonly string[] {
    if (this.#question === undefined || this.#question.id !== id) return [];
    const { topics } = this.#question;
    this.#question = undefined;
    return topics;
  }

  #arrive(name: string, levels: readonly StockLevel[], isComplete: boolean): void {
    const topic = this.#followed.get(name);
    if (topic === undefined) return;
    const isNewlyLive = isComplete && topic.stage !== "live";
    if (isNewlyLive) topic.stage = "live";
    const before = topic.levels;
    topic.levels = takeIn(before, levels);
    if (isNewlyLive || topic.levels !== before)
      topic.show(topic.levels, topic.stage === "live" ? "live" : "connecting");
  }

  #refuse(topics: readonly string[], code: LiveErrorCode): void {
    const error = new HoldfastError({
      code: code === "forbidden" ? "forbidden" : "validation_failed",
      message: `the service refused to follow ${topics.join(", ")}: ${code}`,
    });
    for (const name of topics) {
      const topic = this.#followed.get(name);
      if (topics.length > 1) Object.assign(topic ?? {}, { stage: "wanted", isAlone: true });
      else topic?.show(topic.levels, "failed", error);
    }
  }

  #leave(name: string, topic: Followed) {
    this.#followed.delete(name);
    if (this.#followed.size === 0) {
      this.#forget();
      return this.#connection.close();
    }
    if (this.#isOpen && topic.stage !== "wanted") this.#toUnsubscribe.add(name);
    this.#sync();
  }
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
