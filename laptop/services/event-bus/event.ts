import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Json } from "../event-pattern.ts";
import { busNameOf } from "./arn.ts";

/** An event as rules match it and as targets get it. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
export type BusEvent = { readonly [field: string]: Json };

const Entry = z.looseObject({
  EventBusName: z.string().optional(),
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  /** Epoch seconds. */
  Time: z.number().optional(),
});
type Entry = z.output<typeof Entry>;

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const entryCountMax = 10;
const requestBytesMax = 1_048_576;
export const PutEvents = z.looseObject({ Entries: z.array(Entry).min(1).max(entryCountMax) });

export type ReadEntry =
  | { readonly kind: "event"; readonly busName: string; readonly event: BusEvent }
  | { readonly kind: "refused"; readonly code: string; readonly message: string };

export interface EventPlace {
  readonly region: string;
  readonly accountId: string;
  readonly nowMs: number;
}

/** The event of one entry, or the reason why the entry is refused. */
export function readEntry(entry: Entry, { region, accountId, nowMs }: EventPlace): ReadEntry {
  const { Source, DetailType, Detail } = entry;
  const missing = Object.entries({ Source, DetailType, Detail }).find(([, value]) => !value)?.[0];
  if (missing || !Source || !DetailType || !Detail) {
    return refused("InvalidArgument", `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`);
  }
  if (Source.startsWith("aws.")) {
    return refused("NotAuthorizedForSourceException", `Not authorized for the source ${Source}.`);
  }
  const detail = objectOf(Detail);
  if (!detail) return refused("MalformedDetail", "Detail is malformed.");
  const event = {
    version: "0",
    id: randomUUID(),
    "detail-type": DetailType,
    source: Source,
    account: accountId,
    time: `${new Date(entry.Time === undefined ? nowMs : entry.Time * 1_000).toISOString().slice(0, 19)}Z`,
    region,
    resources: entry.Resources ?? [],
    detail,
  };
  return { kind: "event", busName: busNameOf(entry.EventBusName ?? "default"), event };
}

const refused = (code: string, message: string): ReadEntry => ({ kind: "refused", code, message });

/** EventBridge counts names and details of all entries together. */
export const isTooLarge = (entries: readonly Entry[]): boolean =>
  entries.reduce((bytes, entry) => bytes + entryBytes(entry), 0) > requestBytesMax;

const entryBytes = ({ Source = "", DetailType = "", Detail = "", Resources = [], Time }: Entry): number =>
  (Time === undefined ? 0 : 14) +
  [Source, DetailType, Detail, ...Resources].reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);

function objectOf(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
