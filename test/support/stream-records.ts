import { marshall } from "@aws-sdk/util-dynamodb";
import type { LocationId, Sku } from "../../contract/identifiers.ts";
import type { Movement } from "../../contract/movement.ts";
import type { KinesisRecord } from "../../handlers/runtime/table-change/index.ts";

type Image = Readonly<Record<string, unknown>>;

/** A change of a table item, as Kinesis carries it. */
export interface TableChange {
  readonly eventName?: "INSERT" | "MODIFY" | "REMOVE";
  readonly userIdentity?: { readonly type: "Service"; readonly principalId: "dynamodb.amazonaws.com" };
  readonly newImage?: Image;
  readonly oldImage?: Image;
}

let sequence = 0;

/** Returns a record of the stream. With `data` the record contains that text instead of a change. */
export function streamRecord(
  change: TableChange | { readonly data: string },
  shard = "shardId-000000000000",
): KinesisRecord {
  sequence += 1;
  const sequenceNumber = `4960${String(sequence).padStart(20, "0")}`;
  return {
    eventID: `${shard}:${sequenceNumber}`,
    eventName: "aws:kinesis:record",
    eventSource: "aws:kinesis",
    kinesis: {
      sequenceNumber,
      partitionKey: String(sequence),
      approximateArrivalTimestamp: 1_790_000_000 + sequence / 1_000,
      data: Buffer.from("data" in change ? change.data : JSON.stringify(bodyOf(change))).toString("base64"),
    },
  };
}

function bodyOf({ eventName = "MODIFY", userIdentity, newImage, oldImage }: TableChange) {
  const marshalled = (image: Image) => marshall(image, { removeUndefinedValues: true });
  return {
    awsRegion: "eu-west-1",
    eventID: crypto.randomUUID(),
    eventName,
    userIdentity: userIdentity ?? null,
    recordFormat: "application/json",
    tableName: "inventory",
    dynamodb: {
      ApproximateCreationDateTime: 1_790_000_000_000,
      ...(newImage && { NewImage: marshalled(newImage) }),
      ...(oldImage && { OldImage: marshalled(oldImage) }),
    },
    eventSource: "aws:dynamodb",
  };
}

export interface LevelImageOptions {
  readonly sku: string;
  readonly location?: string;
  readonly version?: number;
  readonly onHand?: number;
  readonly reserved?: number;
  readonly damaged?: number;
  readonly deltas?: Movement["deltas"];
  readonly kind?: string;
  readonly at?: string;
  readonly reason?: string;
}

/** Returns a level as the table stores it after one change; by default a receipt of 10. */
export function levelImage(options: LevelImageOptions): Image {
  const { sku, location = "north", version = 1, onHand = 10, reserved = 0, kind = "receive" } = options;
  const { damaged = 0, deltas = { onHand: 10 }, at = "2026-11-20T10:00:00.000Z", reason } = options;
  const requestId = `request-${sku}-${location}-${version}`;
  return {
    pk: `STOCK#${sku}`,
    sk: `AT#${location}`,
    type: "level",
    sku: sku as Sku,
    location: location as LocationId,
    onHand,
    reserved,
    incoming: 0,
    damaged,
    qualityHold: 0,
    safety: 0,
    backorderLimit: 0,
    sellable: onHand - reserved - damaged,
    intact: onHand - damaged,
    version,
    updatedAt: at,
    movement: {
      id: `${requestId}-1`,
      kind,
      quantity: 10,
      deltas,
      cause: { type: "request", id: requestId },
      actor: "clerk",
      reason,
      at,
      occurredAt: at,
      requestId,
    },
  };
}

export function reservationImage(
  id: string,
  options: { readonly version?: number; readonly status?: string } = {},
): Image {
  const { version = 1, status = "HELD" } = options;
  const at = "2026-11-20T10:00:00.000Z";
  return {
    pk: `RESERVATION#${id}`,
    sk: "HEAD",
    type: "reservation",
    id,
    owner: "anna",
    status,
    version,
    lines: [{ sku: "A", quantity: 2, allocations: [{ location: "north", quantity: 2, fulfilled: 0, released: 0 }] }],
    expiresAt: "2026-11-20T10:15:00.000Z",
    createdAt: at,
    updatedAt: at,
    ownerOrder: `${at}#${id}`,
    actor: "anna",
    requestId: `request-${id}-${version}`,
  };
}
