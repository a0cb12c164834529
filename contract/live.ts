import { z } from "zod";
import { Instant, LocationId, Sku } from "./identifiers.ts";
import { Availability, Level } from "./level.ts";

/** The limits of live connections that this code enforces. docs/api.md also lists the limits of API Gateway. */
export const liveLimits = {
  /** How long a ticket can open a connection. */
  ticketSeconds: 60,
  /** The number of levels in one part of a snapshot. */
  snapshotLevels: 100,
  topicsPerFrameMax: 50,
  topicsPerConnectionMax: 200,
  /**
   * API Gateway ends a connection after this time.
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
   */
  connectionSecondsMax: 7_200,
} as const;

/** The answer of `POST /live/tickets`. The ticket opens one connection with `?token=<ticket>` before `expiresAt`. */
export const Ticket = z.strictObject({ ticket: z.string(), expiresAt: Instant }).meta({ id: "Ticket" });
export type Ticket = z.output<typeof Ticket>;

/** A topic of a subscription: `stock/SKU`, `stock/SKU/LOC`, or `location/LOC`, which sends changes but no snapshot. */
export const Topic = z.string().superRefine((text, context) => {
  if (parseTopic(text) === undefined) {
    context.addIssue({ code: "custom", message: "must be stock/SKU, stock/SKU/LOC or location/LOC" });
  }
});
export type Topic = z.output<typeof Topic>;

/** The subject of a topic. */
export type TopicSubject =
  | { readonly kind: "item"; readonly sku: Sku }
  | { readonly kind: "level"; readonly sku: Sku; readonly location: LocationId }
  | { readonly kind: "location"; readonly location: LocationId };

/** Returns the subject of a topic, or undefined when there is no such topic. */
export function parseTopic(text: string): TopicSubject | undefined {
  const [kind, ...names] = text.split("/");
  if (kind === "location" && names.length === 1) {
    const location = LocationId.safeParse(names[0]);
    return location.success ? { kind: "location", location: location.data } : undefined;
  }
  if (kind !== "stock" || names.length > 2) return undefined;
  const sku = Sku.safeParse(names[0]);
  if (!sku.success) return undefined;
  if (names.length === 1) return { kind: "item", sku: sku.data };
  const location = LocationId.safeParse(names[1]);
  return location.success ? { kind: "level", sku: sku.data, location: location.data } : undefined;
}

/** Returns the topics on which a change of a level is sent. */
export const topicsOf = ({ sku, location }: { readonly sku: Sku; readonly location: LocationId }): readonly Topic[] => [
  `stock/${sku}`,
  `stock/${sku}/${location}`,
  `location/${location}`,
];

/** Chosen by the client; the answer repeats it. */
const FrameId = z.string().min(1).max(128);
const topics = z.array(z.string()).min(1).max(liveLimits.topicsPerFrameMax);

/** A frame that a client sends. */
export const ClientFrame = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("subscribe"), id: FrameId, topics }),
  z.strictObject({ action: z.literal("unsubscribe"), id: FrameId, topics }),
  z.strictObject({ action: z.literal("ping") }),
]);
export type ClientFrame = z.output<typeof ClientFrame>;

/**
 * `bad_frame`: not one of the frames above. `bad_topic`: no such topic, or too many topics. `forbidden`: the token does
 * not allow it, or has expired.
 */
export const LiveErrorCode = z.enum(["bad_frame", "bad_topic", "forbidden"]);
export type LiveErrorCode = z.output<typeof LiveErrorCode>;

const ChangedLevel = z.strictObject({ ...Level.shape, asOf: Instant });

/**
 * A frame that the service sends. A token with `stock:availability` alone gets `Availability` instead of whole levels.
 * An `error` carries the `id` of the frame that it answers, if that frame had one.
 */
export const ServerFrame = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("subscribed"), id: FrameId }),
  z.strictObject({ type: z.literal("unsubscribed"), id: FrameId }),
  z.strictObject({
    type: z.literal("snapshot"),
    topic: Topic,
    levels: z.union([z.array(Level), z.array(Availability)]),
    /** The number of the part, counted from 1. */
    part: z.int().min(1),
    /** Whether this is the last part. */
    last: z.boolean(),
  }),
  z.strictObject({ type: z.literal("change"), topic: Topic, level: z.union([ChangedLevel, Availability]) }),
  z.strictObject({ type: z.literal("pong") }),
  z.strictObject({ type: z.literal("error"), code: LiveErrorCode, id: FrameId.optional() }),
]);
export type ServerFrame = z.output<typeof ServerFrame>;
