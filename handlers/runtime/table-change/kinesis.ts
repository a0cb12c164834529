import { z } from "zod";
import { type TableChange, toTableChange } from "./table-change.ts";

/** A Kinesis stream record from Lambda. Other fields are kept, because quarantine stores whole records. */
export const KinesisRecord = z.looseObject({
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
export type KinesisRecord = z.output<typeof KinesisRecord>;

export const KinesisEvent = z.looseObject({ Records: z.array(KinesisRecord) });

/** @throws when the data is not a change */
export function kinesisChange({ kinesis }: KinesisRecord): TableChange {
  const body: unknown = JSON.parse(Buffer.from(kinesis.data, "base64").toString("utf8"));
  return toTableChange(body, kinesis.approximateArrivalTimestamp);
}
