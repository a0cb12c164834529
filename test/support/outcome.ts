import type { Outcome } from "../../handlers/inventory/index.ts";

/** What was done; the test fails where it was refused. */
export function doneValue<Value>(outcome: Outcome<Value>): Value {
  if (outcome.kind === "refused") throw new Error(`refused: ${outcome.refusal.detail}`);
  return outcome.value;
}
