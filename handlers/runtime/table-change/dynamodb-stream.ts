import { z } from "zod";
import { type TableChange, toTableChange } from "./table-change.ts";

/** A DynamoDB stream record from Lambda. Other fields are kept, because quarantine stores whole records. */
export const DynamoDbRecord = z.looseObject({
  dynamodb: z.looseObject({ SequenceNumber: z.string().regex(/^[0-9]+$/) }),
});
export type DynamoDbRecord = z.output<typeof DynamoDbRecord>;

export const DynamoDbEvent = z.looseObject({ Records: z.array(DynamoDbRecord) });

/** Epoch seconds. */
const CreationTime = z.number().default(0);

/** @throws when the record is not a change */
export const dynamoDbChange = (record: DynamoDbRecord): TableChange =>
  toTableChange(record, CreationTime.parse(record.dynamodb.ApproximateCreationDateTime));
