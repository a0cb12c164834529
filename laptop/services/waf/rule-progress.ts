import type { StatementContext } from "./statement.ts";
import type { Action, Header } from "./web-acl.ts";

/** One request on its way through the rules, with what the rules before have added. */
export interface RuleProgress extends StatementContext {
  /** Begins the labels of this web ACL's own rules. */
  readonly labelPrefix: string;
  readonly labels: Set<string>;
  readonly counted: string[];
  readonly headers: Header[];
}

/** An action that ends the evaluation. */
export interface RuleDecision {
  readonly action: Exclude<Action, { kind: "count" }>;
  /** The rule of a managed group that decided. */
  readonly groupRule?: string;
}

/** Undefined when the action only counts, so that the next rule is evaluated. */
export function applyAction(action: Action, ruleName: string, progress: RuleProgress): RuleDecision | undefined {
  if (action.kind !== "block") progress.headers.push(...(action.insertHeaders ?? []));
  if (action.kind !== "count") return { action };
  progress.counted.push(ruleName);
  return undefined;
}
