import type { Timers } from "../timers.ts";
import { type ManagedGroup, managedGroup } from "./managed-group.ts";
import { createRateCounters } from "./rate.ts";
import { matches, type StatementContext } from "./statement.ts";
import type {
  Action,
  Header,
  ManagedGroupStatement,
  ResponseBody,
  Rule,
  Statement,
  WebAcl,
  WebRequest,
} from "./web-acl.ts";

/** What a web ACL decides about one request. */
export type Verdict = {
  /** The rule that decided, or `Default_Action`. */
  readonly rule: string;
  /** Of a managed group, the group's rule that decided. */
  readonly groupRule?: string;
  /** Rules that matched and only counted; those of groups as `<rule>/<rule of the group>`. */
  readonly counted: readonly string[];
  readonly labels: ReadonlySet<string>;
} & (
  | {
      readonly action: "allow";
      /** What the origin is to get in addition. */
      readonly headers: readonly Header[];
    }
  | { readonly action: "block"; readonly response?: BlockResponse }
);

/** A custom response; without one whoever asked words its own 403. */
export interface BlockResponse {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: string;
}

export interface Firewall {
  /** How much of a body is worth reading for it; 0 when no rule looks at bodies. */
  readonly bodyBytesWanted: number;
  evaluate(request: WebRequest): Verdict;
}

const bodyInspectionBytesDefault = 16_384;
const contentTypes: Readonly<Record<ResponseBody["contentType"], string>> = {
  APPLICATION_JSON: "application/json",
  TEXT_HTML: "text/html",
  TEXT_PLAIN: "text/plain",
};

interface Progress extends StatementContext {
  readonly labels: Set<string>;
  readonly counted: string[];
  readonly headers: Header[];
}

interface Decision {
  readonly action: Exclude<Action, { kind: "count" }>;
  readonly groupRule?: string;
}

/**
 * Interprets a web ACL: rules by priority until one allows or blocks. It keeps the counters of its rate rules.
 * @throws Error naming the rule that cannot run here
 */
export function createFirewall(
  acl: WebAcl,
  options: { readonly timers: Timers; readonly accountId: string },
): Firewall {
  const bodyBytesMax = acl.bodyInspectionBytesMax ?? bodyInspectionBytesDefault;
  const rates = createRateCounters(options.timers);
  const rules = acl.rules.toSorted((left, right) => left.priority - right.priority).map(prepare);
  const labelPrefix = `awswaf:${options.accountId}:webacl:${acl.name}`;

  function decide(rule: PreparedRule, progress: Progress): Decision | undefined {
    if (rule.group) return decideByGroup({ ...rule, group: rule.group }, progress);
    if (!matches(rule.statement, progress)) return undefined;
    for (const label of rule.labels ?? []) progress.labels.add(`${labelPrefix}:${label}`);
    return apply(rule.action, rule.name, progress);
  }

  return {
    bodyBytesWanted: rules.some(looksAtBody) ? bodyBytesMax + 1 : 0,
    evaluate: (request) => {
      const bodyText = request.body.toString("latin1", 0, bodyBytesMax);
      const progress: Progress = {
        request,
        bodyBytesMax,
        bodyText,
        rates,
        labels: new Set(),
        counted: [],
        headers: [],
      };
      const found = { counted: progress.counted, labels: progress.labels };
      for (const rule of rules) {
        const decision = decide(rule, progress);
        if (!decision) continue;
        const { groupRule } = decision;
        return {
          ...found,
          rule: rule.name,
          ...(groupRule && { groupRule }),
          ...outcome(decision.action, progress, acl),
        };
      }
      const action = apply(acl.defaultAction, "Default_Action", progress)?.action ?? { kind: "allow" as const };
      return { ...found, rule: "Default_Action", ...outcome(action, progress, acl) };
    },
  };
}

type PreparedRule = { readonly name: string; readonly labels?: readonly string[] } & (
  | { readonly statement: Statement; readonly action: Action; readonly group?: undefined }
  | PreparedGroup
);
interface PreparedGroup {
  readonly name: string;
  readonly group: ManagedGroup;
  readonly asked: ManagedGroupStatement;
  readonly override: "none" | "count";
}

function prepare(rule: Rule): PreparedRule {
  if (!("group" in rule)) return rule;
  const { vendor, name, actions = {} } = rule.group;
  try {
    const group = managedGroup({ vendor, name, ruleNames: Object.keys(actions) });
    return { ...rule, group, asked: rule.group };
  } catch (cause) {
    throw new Error(`rule ${rule.name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function decideByGroup({ name, group, asked, override }: PreparedGroup, progress: Progress): Decision | undefined {
  if (group.rules === "opaque") return undefined;
  if (asked.scopeDown && !matches(asked.scopeDown, progress)) return undefined;
  for (const rule of group.rules) {
    if (!rule.matches(progress)) continue;
    progress.labels.add(rule.label);
    const action =
      override === "count" ? { kind: "count" as const } : (asked.actions?.[rule.name] ?? { kind: "block" as const });
    const decision = apply(action, `${name}/${rule.name}`, progress);
    if (decision) return { ...decision, groupRule: rule.name };
  }
  return undefined;
}

/** Undefined when the rules go on. */
function apply(action: Action, name: string, progress: Progress): Decision | undefined {
  if (action.kind !== "block") progress.headers.push(...(action.insertHeaders ?? []));
  if (action.kind !== "count") return { action };
  progress.counted.push(name);
  return undefined;
}

function outcome(action: Decision["action"], progress: Progress, acl: WebAcl) {
  if (action.kind === "allow") return { action: "allow" as const, headers: progress.headers };
  if (!action.response) return { action: "block" as const };
  const { status, bodyKey, headers = [] } = action.response;
  const body = bodyKey === undefined ? undefined : acl.responseBodies?.[bodyKey];
  const typed: readonly Header[] = body ? [["Content-Type", contentTypes[body.contentType]]] : [];
  return {
    action: "block" as const,
    response: { status, headers: [...headers, ...typed], body: body?.content ?? "" },
  };
}

function looksAtBody(rule: PreparedRule): boolean {
  if (rule.group) return rule.group.rules !== "opaque";
  return statementLooksAtBody(rule.statement);
}

function statementLooksAtBody(statement: Statement): boolean {
  switch (statement.kind) {
    case "and":
    case "or":
      return statement.statements.some(statementLooksAtBody);
    case "not":
      return statementLooksAtBody(statement.statement);
    case "rate":
      return statement.scopeDown !== undefined && statementLooksAtBody(statement.scopeDown);
    case "labelMatch":
      return false;
    default:
      return statement.field.part === "body";
  }
}
