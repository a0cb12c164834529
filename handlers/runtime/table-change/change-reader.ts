import { unmarshall } from "@aws-sdk/util-dynamodb";
import { z } from "zod";
import type { ItemRecord, LevelRecord, LocationRecord, ReservationRecord } from "../../inventory/index.ts";
import type { MarshalledItem, TableChange } from "./table-change.ts";

/** The `type` attribute. It is checked before anything is unmarshalled, so that ignored records cost little. */
const TypeAttribute = z.object({ S: z.string() }).optional();

/** The records of the inventory table, by their `type` attribute. */
interface StoredRecords {
  readonly level: LevelRecord;
  readonly reservation: ReservationRecord;
  readonly item: ItemRecord;
  readonly location: LocationRecord;
}
export type RecordType = keyof StoredRecords;

const isRecordType = (type: string): type is RecordType => Object.hasOwn(recordTypes, type);
const recordTypes: Readonly<Record<RecordType, true>> = { level: true, reservation: true, item: true, location: true };

export interface ChangeOf<Type extends RecordType> {
  readonly kind: Type;
  /** Absent for a new record, and when the reader does not ask for it. */
  readonly before?: StoredRecords[Type] | undefined;
  readonly after: StoredRecords[Type];
}

/** A change. `wrong`: the record is invalid, and a retry does not help. `ignored`: the consumer does not need it. */
export type Change<Type extends RecordType> =
  | { [Each in Type]: ChangeOf<Each> }[Type]
  | { readonly kind: "ignored" }
  | { readonly kind: "wrong"; readonly reason: string };

/** The records of a stream that a consumer reads. */
export interface Reading<Type extends RecordType> {
  /** The types that it reads, each with its schema. Records of other types are ignored without parsing. */
  readonly schemas: { readonly [Each in Type]: z.ZodType<StoredRecords[Each]> };
  /** Whether it also reads the previous state of records. @default false */
  readonly before?: boolean;
  /**
   * The result for changes that should not exist (an unknown type, a removal that is not by time to live). Use
   * `ignored` when another consumer of the same stream reports them.
   */
  readonly unexpected: "wrong" | "ignored";
}

/** Creates a reader of stream records, which `open` decodes. It never throws: an unreadable record is `wrong`. */
export function createChangeReader<StreamRecord, Type extends RecordType>(
  open: (record: StreamRecord) => TableChange,
  reading: Reading<Type>,
): (record: StreamRecord) => Change<Type> {
  return (record) => {
    try {
      return changeIn(open(record), reading);
    } catch (error) {
      return { kind: "wrong", reason: reasonOf(error) };
    }
  };
}

function changeIn<Type extends RecordType>(change: TableChange, reading: Reading<Type>): Change<Type> {
  const { newImage, oldImage, isRemoval } = change;
  const type = isRemoval ? undefined : TypeAttribute.parse(newImage?.type)?.S;
  if (newImage && type !== undefined && isReadBy(reading, type)) {
    const schema = reading.schemas[type];
    const after = recordIn(newImage, schema);
    const before = reading.before && oldImage ? recordIn(oldImage, schema) : undefined;
    // The compiler does not see that the records of one type form that type's member of the union.
    return { kind: type, before, after } as ChangeOf<Type> as Change<Type>;
  }
  if (reading.unexpected === "ignored" || (type !== undefined && isRecordType(type))) return { kind: "ignored" };
  if (isRemoval) return judgeRemoval(change);
  return { kind: "wrong", reason: newImage ? `items of type ${JSON.stringify(type)} are not known` : noImage };
}

const isReadBy = <Type extends RecordType>({ schemas }: Reading<Type>, type: string): type is Type =>
  Object.hasOwn(schemas, type);

/**
 * Ignores a removal by time to live. Any other removal is wrong, because records have a history and other systems know
 * them from events.
 */
function judgeRemoval({ principal, oldImage, takenAtSeconds }: TableChange): Change<never> {
  if (principal === "dynamodb.amazonaws.com") return { kind: "ignored" };
  if (!oldImage) return { kind: "wrong", reason: noImage };
  const { ttl, type } = recordIn(oldImage, RemovedItem);
  if (ttl !== undefined && ttl <= takenAtSeconds) return { kind: "ignored" };
  return { kind: "wrong", reason: `an item of type ${JSON.stringify(type)} was removed, and not by time to live` };
}

const RemovedItem = z.object({ ttl: z.number().optional(), type: z.unknown() });
const noImage = "the change has no image: the stream must carry both";

/** @throws when the image does not match the schema */
const recordIn = <Stored>(image: MarshalledItem, schema: z.ZodType<Stored>): Stored =>
  schema.parse(unmarshall({ ...image }));

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}

/** Returns which request wrote a record, and when. */
export const recordFacts = (record: StoredRecords[RecordType]) => ({
  requestId: record.type === "level" ? record.movement.requestId : record.requestId,
  changedAt: record.updatedAt,
});
