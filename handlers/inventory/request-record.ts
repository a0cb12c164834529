import { z } from "zod";
import { LocationId, Sku } from "../../contract/identifiers.ts";
import { limits } from "../../contract/limits.ts";
import { MovementKind } from "../../contract/movement-kind.ts";
import { Reservation } from "../../contract/reservation.ts";
import type { Idempotency } from "./command.ts";
import { requestKey } from "./keys.ts";
import type { Condition, PutWrite } from "./table-write.ts";

/**
 * The facts of an answer that are known before the write. The levels are not among them: each answer reads them again.
 */
export const RecordedAnswer = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("movements"),
    movements: z.array(
      z.object({
        id: z.string(),
        kind: MovementKind,
        sku: Sku,
        location: LocationId,
        quantity: z.int().nullable(),
      }),
    ),
  }),
  z.object({ type: z.literal("reservation"), reservation: Reservation }),
]);
export type RecordedAnswer = z.output<typeof RecordedAnswer>;

/**
 * What the `requests` table stores under a key: the answer of the command that committed, or a fence. A fence prevents
 * an earlier attempt with an unknown outcome from committing late. It is not an answer.
 */
export const RequestRecord = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("done"),
    bodyHash: z.string(),
    requestId: z.string(),
    answer: RecordedAnswer,
    ttl: z.int(),
  }),
  z.object({ state: z.literal("fenced"), attempt: z.string(), ttl: z.int() }),
]);
export type RequestRecord = z.output<typeof RequestRecord>;
export type DoneRecord = Extract<RequestRecord, { state: "done" }>;

/** What this request has read under its key: nothing, or a fence that its own transaction must replace. */
export type RecordRead = { readonly kind: "nothing" } | { readonly kind: "fence"; readonly attempt: string };

interface RecordWrite {
  readonly table: string;
  readonly idempotency: Idempotency;
  readonly recordRead: RecordRead;
  readonly nowMs: number;
}

/** Returns the write of the request record. It is in the SAME transaction as the change: both commit, or neither. */
export function requestPut(write: RecordWrite, done: { requestId: string; answer: RecordedAnswer }): PutWrite {
  const { bodyHash } = write.idempotency;
  return recordPut(write, { state: "done", bodyHash, ...done });
}

/**
 * Returns the write of a fence. It is sent alone, under the same condition as the plan that it fences. After it
 * succeeds the plan can no longer commit; when its condition fails the plan may have committed, and the stored record
 * says so.
 */
export function fencePut(write: RecordWrite, attempt: string): PutWrite {
  return recordPut(write, { state: "fenced", attempt });
}

function recordPut({ table, idempotency, recordRead, nowMs }: RecordWrite, fields: Record<string, unknown>): PutWrite {
  const nowSeconds = Math.floor(nowMs / 1_000);
  return {
    TableName: table,
    Item: { ...requestKey(idempotency), ...fields, ttl: nowSeconds + limits.requestRecordHours * 3_600 },
    ...recordCondition(recordRead, nowSeconds),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  };
}

/** A record past its ttl counts as absent, because DynamoDB removes it only some time later. */
function recordCondition(recordRead: RecordRead, nowSeconds: number): Condition {
  if (recordRead.kind === "fence") {
    return {
      ConditionExpression: "#state = :fenced AND #attempt = :attemptRead",
      ExpressionAttributeNames: { "#state": "state", "#attempt": "attempt" },
      ExpressionAttributeValues: { ":fenced": "fenced", ":attemptRead": recordRead.attempt },
    };
  }
  return {
    ConditionExpression: "attribute_not_exists(#pk) OR #ttl <= :now",
    ExpressionAttributeNames: { "#pk": "pk", "#ttl": "ttl" },
    ExpressionAttributeValues: { ":now": nowSeconds },
  };
}
