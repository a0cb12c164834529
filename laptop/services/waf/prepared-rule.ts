import { type ManagedGroup, managedGroup } from "./managed-group.ts";
import { applyAction, type RuleDecision, type RuleProgress } from "./rule-progress.ts";
import { inspectsBody, matches } from "./statement.ts";
import type { Action, ManagedGroupStatement, Rule, Statement } from "./web-acl.ts";

interface StatementRule {
  readonly name: string;
  readonly labels?: readonly string[];
  readonly statement: Statement;
  readonly action: Action;
  readonly group?: undefined;
}

interface GroupRule {
  readonly name: string;
  readonly group: ManagedGroup;
  readonly groupStatement: ManagedGroupStatement;
  readonly override: "none" | "count";
}

/** A rule whose managed group, if it has one, was found. */
export type PreparedRule = StatementRule | GroupRule;

/** @throws Error naming the rule when its group is not known here */
export function preparedRule(rule: Rule): PreparedRule {
  if (!("group" in rule)) return rule;
  const { vendor, name, actions = {} } = rule.group;
  try {
    const group = managedGroup({ vendor, name, ruleNames: Object.keys(actions) });
    return { ...rule, group, groupStatement: rule.group };
  } catch (cause) {
    throw new Error(`rule ${rule.name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Undefined when the rule does not match, or only counts. */
export function decideByRule(rule: PreparedRule, progress: RuleProgress): RuleDecision | undefined {
  return rule.group ? decideByGroup(rule, progress) : decideByStatement(rule, progress);
}

export function ruleInspectsBody(rule: PreparedRule): boolean {
  return rule.group ? rule.group.rules !== "opaque" : inspectsBody(rule.statement);
}

function decideByStatement({ name, labels = [], statement, action }: StatementRule, progress: RuleProgress) {
  if (!matches(statement, progress)) return undefined;
  for (const label of labels) progress.labels.add(`${progress.labelPrefix}:${label}`);
  return applyAction(action, name, progress);
}

function decideByGroup(
  { name, group, groupStatement, override }: GroupRule,
  progress: RuleProgress,
): RuleDecision | undefined {
  const { scopeDown, actions = {} } = groupStatement;
  if (group.rules === "opaque") return undefined;
  if (scopeDown && !matches(scopeDown, progress)) return undefined;
  for (const rule of group.rules) {
    if (!rule.matches(progress)) continue;
    progress.labels.add(rule.label);
    const action: Action = override === "count" ? { kind: "count" } : (actions[rule.name] ?? { kind: "block" });
    const decision = applyAction(action, `${name}/${rule.name}`, progress);
    if (decision) return { ...decision, groupRule: rule.name };
  }
  return undefined;
}
