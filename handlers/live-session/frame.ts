import { z } from "zod";
import {
  ClientFrame,
  liveLimits,
  parseTopic,
  type ServerFrame,
  type Topic,
  type TopicSubject,
} from "../../contract/live.ts";

type ErrorFrame = Extract<ServerFrame, { readonly type: "error" }>;

export const errorFrame = (code: ErrorFrame["code"], id?: string): ErrorFrame => ({
  type: "error",
  code,
  ...(id !== undefined && { id }),
});

/** A frame from a client whose topics are all valid. */
export type ReadFrame =
  | { readonly action: "ping" }
  | (Topics & { readonly action: "subscribe" })
  | (Topics & { readonly action: "unsubscribe" });

interface Topics {
  readonly id: string;
  readonly topics: ReadonlyMap<Topic, TopicSubject>;
}

/** Parses a frame from a client. Returns an error frame with the id of the client's frame when it is not valid. */
export function readFrame(text: string): ReadFrame | ErrorFrame {
  const value = parsedJson(text);
  const frame = ClientFrame.safeParse(value);
  if (!frame.success) return errorFrame("bad_frame", GivenId.safeParse(value).data?.id);
  if (frame.data.action === "ping") return frame.data;
  const { action, id, topics } = frame.data;
  const subjects = new Map<Topic, TopicSubject>();
  for (const topic of topics) {
    const subject = parseTopic(topic);
    if (!subject) return errorFrame("bad_topic", id);
    subjects.set(topic, subject);
  }
  return { action, id, topics: subjects };
}

const GivenId = z.looseObject({ id: z.string().min(1).max(128) });

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Splits a snapshot into frames and marks the last one. Without levels it is one empty frame. */
export function snapshotFrames<Entry>(topic: Topic, levels: readonly Entry[]) {
  const count = Math.max(1, Math.ceil(levels.length / liveLimits.snapshotLevels));
  return Array.from({ length: count }, (_, index) => ({
    type: "snapshot" as const,
    topic,
    levels: levels.slice(index * liveLimits.snapshotLevels, (index + 1) * liveLimits.snapshotLevels),
    part: index + 1,
    last: index + 1 === count,
  }));
}
