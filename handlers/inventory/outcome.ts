import type { ProblemCode, Refusal } from "../../contract/problem.ts";

/**
 * The result of a request, in every layer from the core to the HTTP adapter. Each layer recognises a refusal by its
 * `kind` alone, and returns it unchanged.
 */
export type Outcome<Value> = Done<Value> | Refused;

export interface Done<Value> {
  readonly kind: "done";
  readonly value: Value;
  /** Whether an earlier request with the same Idempotency-Key made the change. */
  readonly replayed: boolean;
}

export interface Refused<Code extends ProblemCode = ProblemCode> {
  readonly kind: "refused";
  readonly refusal: Refusal<Code>;
}

export const done = <Value>(value: Value, replayed = false): Done<Value> => ({ kind: "done", value, replayed });

/** The functions in `refusal.ts` make refusals: one function for each code. */
export const refused = <Code extends ProblemCode>(refusal: Refusal<Code>): Refused<Code> => ({
  kind: "refused",
  refusal,
});
