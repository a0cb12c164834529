import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { z } from "zod";
import { Reservation } from "../../contract/reservation.ts";
import { LevelRecord } from "../inventory/index.ts";

/** A record of the stream as Lambda hands it on; other fields are kept, for quarantine takes records whole. */
export const StreamRecord = z.looseObject({
  /** `<shard id>:<sequence number>` */
  eventID: z.string().regex(/^[^:]+:[0-9]+$/),
  kinesis: z.looseObject({
    sequenceNumber: z.string().regex(/^[0-9]+$/),
    /** Epoch seconds. */
    approximateArrivalTimestamp: z.number(),
    /** Base64. */
    data: z.string(),
  }),
});
export type StreamRecord = z.output<typeof StreamRecord>;

export const StreamEvent = z.looseObject({ Records: z.array(StreamRecord) });

const ReservationRecord = z.object({
  ...Reservation.shape,
  type: z.literal("reservation"),
  actor: z.string(),
  requestId: z.string(),
});
export type ReservationRecord = z.output<typeof ReservationRecord>;

const Image = z.discriminatedUnion("type", [
  LevelRecord,
  ReservationRecord,
  z.object({ type: z.enum(["item", "location"]) }),
]);

/** Each attribute is `{<type tag>: value}`; which tags there are, unmarshall knows and refuses others. */
const MarshalledItem = z.custom<Record<string, AttributeValue>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "is no item",
);

/** What Kinesis gets of a change in DynamoDB. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds.html */
const TableChange = z.object({
  eventName: z.enum(["INSERT", "MODIFY", "REMOVE"]),
  userIdentity: z.object({ principalId: z.string() }).nullish(),
  dynamodb: z.object({ NewImage: MarshalledItem.optional(), OldImage: MarshalledItem.optional() }),
});
type TableChange = z.output<typeof TableChange>;

/** What a record means for SQL. `wrong`: it alone cannot be taken, whatever state the database is in. */
export type Change =
  | { readonly kind: "level"; readonly level: LevelRecord }
  | { readonly kind: "reservation"; readonly reservation: ReservationRecord }
  | { readonly kind: "ignored" }
  | { readonly kind: "wrong"; readonly reason: string };

export function readChange(record: StreamRecord): Change {
  try {
    const change = TableChange.parse(JSON.parse(Buffer.from(record.kinesis.data, "base64").toString("utf8")));
    if (change.eventName === "REMOVE") return readRemoval(change, record.kinesis.approximateArrivalTimestamp);
    return readImage(Image.parse(itemOf(change.dynamodb.NewImage)));
  } catch (error) {
    return { kind: "wrong", reason: reasonOf(error) };
  }
}

/** When a change that is written was made, and by which request. */
export function changeFacts(change: Change): { readonly requestId: string; readonly updatedAt: string } | undefined {
  if (change.kind === "level") return { requestId: change.level.movement.requestId, updatedAt: change.level.updatedAt };
  return change.kind === "reservation" ? change.reservation : undefined;
}

function readImage(image: z.output<typeof Image>): Change {
  switch (image.type) {
    case "level":
      return { kind: "level", level: image };
    case "reservation":
      return { kind: "reservation", reservation: image };
    case "item":
    case "location":
      return { kind: "ignored" };
    default:
      return image satisfies never;
  }
}

/** Time to live is housekeeping, never an event; nothing else may remove what has a history. */
function readRemoval(change: TableChange, arrivedAtSeconds: number): Change {
  if (change.userIdentity?.principalId === "dynamodb.amazonaws.com") return { kind: "ignored" };
  const { ttl, type } = z
    .object({ ttl: z.number().optional(), type: z.unknown() })
    .parse(itemOf(change.dynamodb.OldImage));
  if (ttl !== undefined && ttl <= arrivedAtSeconds) return { kind: "ignored" };
  return { kind: "wrong", reason: `an item of type ${JSON.stringify(type)} was removed, and not by time to live` };
}

function itemOf(image: z.output<typeof MarshalledItem> | undefined): Record<string, unknown> {
  if (image === undefined) throw new Error("the change has no image: the stream must carry both");
  return unmarshall(image);
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}
