import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "vitest";
import { levelImage, reservationImage, streamRecord } from "../../../test/support/stream-records.ts";
import { LevelRecord, ReservationRecord } from "../../inventory/index.ts";
import { createChangeReader } from "./change-reader.ts";
import { dynamoDbChange } from "./dynamodb-stream.ts";
import { kinesisChange } from "./kinesis.ts";

type Change = Exclude<Parameters<typeof streamRecord>[0], { readonly data: string }>;
type Want = Pick<Parameters<typeof createChangeReader>[1], "before" | "unexpected">;

const schemas = { level: LevelRecord, reservation: ReservationRecord };
/** The arrival time that `streamRecord` sets, and an earlier time. */
const [takenAtSeconds, pastSeconds] = [1_790_000_000, 1_700_000_000];
const byTimeToLive = { type: "Service", principalId: "dynamodb.amazonaws.com" } as const;
const dynamoDbRecord = ({ eventName = "MODIFY", userIdentity, newImage, oldImage }: Change) => ({
  eventName,
  userIdentity,
  dynamodb: {
    SequenceNumber: "1",
    ApproximateCreationDateTime: takenAtSeconds,
    ...(newImage && { NewImage: marshall(newImage, { removeUndefinedValues: true }) }),
    ...(oldImage && { OldImage: marshall(oldImage, { removeUndefinedValues: true }) }),
  },
});

/** Reads one change from the format of each stream. */
const sources = {
  Kinesis: (change: Change, want: Want) =>
    createChangeReader(kinesisChange, { schemas, ...want })(streamRecord(change)),
  "DynamoDB Streams": (change: Change, want: Want) =>
    createChangeReader(dynamoDbChange, { schemas, ...want })(dynamoDbRecord(change)),
};

const [level, reservation] = [levelImage({ sku: "MUG", version: 2 }), reservationImage("r-1")];
const strict: Want = { unexpected: "wrong" };
const wrong = { kind: "wrong", reason: expect.any(String) };

describe.each(Object.entries(sources))("createChangeReader (%s)", (_, read) => {
  it("reads the types that it has schemas for, and the previous state only on request", () => {
    const oldImage = levelImage({ sku: "MUG", version: 1 });
    expect(read({ newImage: reservation }, strict)).toMatchObject({ kind: "reservation", after: { id: "r-1" } });
    const change = { newImage: level, oldImage };
    expect(read(change, strict)).toMatchObject({ kind: "level", before: undefined, after: { version: 2 } });
    const both = { kind: "level", before: { version: 1 }, after: { version: 2 } };
    expect(read(change, { ...strict, before: true })).toMatchObject(both);
  });

  it("ignores the other record types of the table, whatever they contain", () => {
    for (const type of ["item", "location"]) expect(read({ newImage: { type } }, strict)).toEqual({ kind: "ignored" });
  });

  it("marks as wrong each change that it cannot read", () => {
    const faults = [{ newImage: { ...level, onHand: -1 } }, { newImage: { type: "voucher" } }, { newImage: {} }, {}];
    for (const fault of faults) expect(read(fault, strict)).toEqual(wrong);
    const brokenBefore = { newImage: level, oldImage: { type: "level" } };
    expect(read(brokenBefore, { ...strict, before: true })).toEqual(wrong);
  });

  it("ignores a removal by time to live, and marks every other removal as wrong", () => {
    const removal = { eventName: "REMOVE", oldImage: reservation } as const;
    const ignored = [
      { ...removal, userIdentity: byTimeToLive },
      { ...removal, oldImage: { ...reservation, ttl: pastSeconds } },
    ];
    for (const change of ignored) expect(read(change, strict)).toEqual({ kind: "ignored" });
    const future = { ...removal, oldImage: { ...reservation, ttl: takenAtSeconds + 3_600 } };
    for (const change of [removal, future]) expect(read(change, strict)).toEqual(wrong);
  });

  it("ignores unexpected changes when another consumer reports them, but not an invalid record of its own types", () => {
    const lenient: Want = { unexpected: "ignored" };
    const unexpected = [{ newImage: { type: "voucher" } }, {}, { eventName: "REMOVE", oldImage: level } as const];
    for (const change of unexpected) expect(read(change, lenient)).toEqual({ kind: "ignored" });
    expect(read({ newImage: { ...level, onHand: -1 } }, lenient)).toEqual(wrong);
  });
});
