import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { z } from "zod";
import { Item, Location } from "../../contract/catalogue.ts";
import { Reservation } from "../../contract/reservation.ts";
import { LevelRecord } from "../inventory/index.ts";

/** A record of the table's stream as Lambda hands it on; other fields are kept, for quarantine takes records whole. */
export const StreamRecord = z.looseObject({
  dynamodb: z.looseObject({ SequenceNumber: z.string().regex(/^[0-9]+$/) }),
});
export type StreamRecord = z.output<typeof StreamRecord>;
export const StreamEvent = z.looseObject({ Records: z.array(StreamRecord) });

const written = { actor: z.string().default("unknown"), requestId: z.string() };
/** `archiving` is a mark for other functions; everyone else sees the entry as active. */
const status = z
  .enum(["active", "archiving", "archived"])
  .transform((stored) => (stored === "archived" ? ("archived" as const) : ("active" as const)));

const ReservationRecord = z.object({ ...Reservation.shape, ...written, type: z.literal("reservation") });
const ItemRecord = z.object({ ...Item.shape, ...written, status, type: z.literal("item") });
const LocationRecord = z.object({ ...Location.shape, ...written, status, type: z.literal("location") });
const Image = z.discriminatedUnion("type", [LevelRecord, ReservationRecord, ItemRecord, LocationRecord]);
type Image = z.output<typeof Image>;

export interface ChangeOf<Record> {
  readonly before: Record | undefined;
  readonly after: Record;
}
export type LevelChange = ChangeOf<LevelRecord>;
export type ReservationChange = ChangeOf<z.output<typeof ReservationRecord>>;
export type ItemChange = ChangeOf<z.output<typeof ItemRecord>>;
export type LocationChange = ChangeOf<z.output<typeof LocationRecord>>;

/** What a record means for other systems. `wrong`: it alone cannot be read. */
export type Change =
  | ({ readonly kind: "level" } & LevelChange)
  | ({ readonly kind: "reservation" } & ReservationChange)
  | ({ readonly kind: "item" } & ItemChange)
  | ({ readonly kind: "location" } & LocationChange)
  | { readonly kind: "ignored" }
  | { readonly kind: "wrong"; readonly reason: string };

/** Which tags an attribute may have, unmarshall knows. */
const MarshalledItem = z.record(
  z.string(),
  z.custom<AttributeValue>((value) => typeof value === "object"),
);
const TableChange = z.object({
  eventName: z.enum(["INSERT", "MODIFY", "REMOVE"]),
  userIdentity: z.object({ principalId: z.string() }).nullish(),
  dynamodb: z.object({
    NewImage: MarshalledItem.optional(),
    OldImage: MarshalledItem.optional(),
    /** Epoch seconds. */
    ApproximateCreationDateTime: z.number().optional(),
  }),
});
type TableChange = z.output<typeof TableChange>;

export function readChange(record: StreamRecord): Change {
  try {
    const change = TableChange.parse(record);
    if (change.eventName === "REMOVE") return readRemoval(change);
    return changeOf(Image.parse(itemOf(change.dynamodb.NewImage)), change.dynamodb.OldImage);
  } catch (error) {
    return { kind: "wrong", reason: error instanceof z.ZodError ? z.prettifyError(error) : String(error) };
  }
}

function changeOf(after: Image, oldImage: z.output<typeof MarshalledItem> | undefined): Change {
  const old = oldImage && itemOf(oldImage);
  switch (after.type) {
    case "level":
      return { kind: "level", after, before: old && LevelRecord.parse(old) };
    case "reservation":
      return { kind: "reservation", after, before: old && ReservationRecord.parse(old) };
    case "item":
      return { kind: "item", after, before: old && ItemRecord.parse(old) };
    case "location":
      return { kind: "location", after, before: old && LocationRecord.parse(old) };
    default:
      return after satisfies never;
  }
}

/** Time to live is housekeeping, never an event; nothing else removes what others were told of. */
function readRemoval({ userIdentity, dynamodb }: TableChange): Change {
  if (userIdentity?.principalId === "dynamodb.amazonaws.com") return { kind: "ignored" };
  const { ttl, type } = z.object({ ttl: z.number().optional(), type: z.unknown() }).parse(itemOf(dynamodb.OldImage));
  if (ttl !== undefined && ttl <= (dynamodb.ApproximateCreationDateTime ?? 0)) return { kind: "ignored" };
  return { kind: "wrong", reason: `an item of type ${JSON.stringify(type)} was removed, and not by time to live` };
}

function itemOf(image: z.output<typeof MarshalledItem> | undefined): Record<string, unknown> {
  if (image === undefined) throw new Error("the change has no image: the stream must carry both");
  return unmarshall(image);
}
