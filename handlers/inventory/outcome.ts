import type { ProblemCode, Refusal } from "../../contract/problem.ts";

/**
 * What came of a request, in every layer from the core to the HTTP adapter. A refusal is recognised by its `kind` alone,
 * and is passed on as it is.
 */
export type Outcome<Value> = Done<Value> | Refused;

export interface Done<Value> {
  readonly kind: "done";
  readonly value: Value;
  /** An earlier request with the same Idempotency-Key had made the change. */
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
