import type { LocationId, Sku } from "../../contract/identifiers.ts";
import { limits } from "../../contract/limits.ts";
import type { CommandContext } from "./command.ts";
import { placeKey } from "./level.ts";
import { type LevelChange, levelWrite } from "./level-change.ts";
import type { Refused } from "./outcome.ts";
import type { ExistenceNeeded } from "./refusal.ts";
import { type RecordedAnswer, type RecordRead, requestPut } from "./request-record.ts";
import type { Tables, TableWrite } from "./table-write.ts";

/**
 * The items and locations that must exist. A kind for new business needs them `active`; for others `known` is enough.
 */
export interface Needs {
  readonly existence: ExistenceNeeded;
  readonly skus: readonly Sku[];
  readonly locations: readonly LocationId[];
}

/** One item of the transaction, and what it means when its condition fails. */
export type PlannedWrite = { readonly write: TableWrite } & (
  | { readonly role: "request" }
  | { readonly role: "newReservation"; readonly id: string }
  | { readonly role: "reservation" }
  | { readonly role: "level"; readonly change: LevelChange }
);

/** A compiled command: one transaction whose conditions are the whole decision. */
export interface Plan {
  readonly writes: readonly PlannedWrite[];
  readonly answer: RecordedAnswer;
  readonly needs: Needs;
}

/** The result of a command for the state that was read: a write, a refusal, or nothing to change. */
export type Decision = { readonly kind: "write"; readonly plan: Plan } | Refused | { readonly kind: "keep" };

/** The values that stay the same while one plan is made. */
export interface PlanContext {
  readonly tables: Tables;
  readonly context: CommandContext;
  readonly atMs: number;
  readonly recordRead: RecordRead;
}

export const instantOf = (atMs: number): string => new Date(atMs).toISOString();

interface Parts {
  readonly answer: RecordedAnswer;
  readonly needs: Needs;
  readonly reservation?: PlannedWrite;
  readonly changes: readonly LevelChange[];
}

/** Composes the transaction: the request record first, then the reservation, then each level once. */
export function composePlan(planContext: PlanContext, { answer, needs, reservation, changes }: Parts): Decision {
  const writes = [
    ...requestWrites(planContext, answer),
    ...(reservation ? [reservation] : []),
    ...changes.map(
      (change): PlannedWrite => ({ role: "level", change, write: levelWrite(planContext.tables.inventory, change) }),
    ),
  ];
  if (writes.length === 0) return { kind: "keep" };
  if (changes.length > limits.levelsPerCommandMax)
    throw new Error(`a plan changes ${changes.length} levels: the number of its lines was not checked`);
  const levelCount = new Set(changes.map(({ place }) => placeKey(place))).size;
  if (levelCount < changes.length) throw new Error("a plan changes a level twice: its lines were not merged");
  return { kind: "write", plan: { writes, answer, needs } };
}

function requestWrites({ tables, context, recordRead, atMs }: PlanContext, answer: RecordedAnswer): PlannedWrite[] {
  const { idempotency, requestId } = context;
  if (!idempotency) return [];
  const put = requestPut({ table: tables.requests, idempotency, recordRead, nowMs: atMs }, { requestId, answer });
  return [{ role: "request", write: { Put: put } }];
}
