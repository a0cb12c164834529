import type { Timers } from "../timers.ts";
import { decideByRule, preparedRule, ruleInspectsBody } from "./prepared-rule.ts";
import { createRateCounters } from "./rate.ts";
import { applyAction, type RuleDecision, type RuleProgress } from "./rule-progress.ts";
import type { CustomResponse, Header, ResponseBody, WebAcl, WebRequest } from "./web-acl.ts";

/** What a web ACL decides about one request. */
export type Verdict = {
  /** The rule that decided, or `Default_Action`. */
  readonly rule: string;
  /** The rule of a managed group that decided. */
  readonly groupRule?: string;
  /** Rules that matched and only counted; those of groups as `<rule>/<rule of the group>`. */
  readonly counted: readonly string[];
  readonly labels: ReadonlySet<string>;
} & (
  | {
      readonly action: "allow";
      /** Headers that the origin gets in addition. */
      readonly headers: readonly Header[];
    }
  | { readonly action: "block"; readonly response?: BlockResponse }
);

/** A custom response. Without one, the caller of the firewall answers with a 403 of its own. */
export interface BlockResponse {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: string;
}

export interface Firewall {
  /** How many bytes of a body the rules need; 0 when no rule looks at bodies. */
  readonly bodyBytesWanted: number;
  evaluate(request: WebRequest): Verdict;
}

const bodyInspectionBytesDefault = 16_384;
const contentTypes: Readonly<Record<ResponseBody["contentType"], string>> = {
  APPLICATION_JSON: "application/json",
  TEXT_HTML: "text/html",
  TEXT_PLAIN: "text/plain",
};

/**
 * Interprets a web ACL: rules by priority until one allows or blocks. It has the counters of its rate rules.
 * @throws Error naming the rule that cannot run here
 */
export function createFirewall(
  acl: WebAcl,
  options: { readonly timers: Timers; readonly accountId: string },
): Firewall {
  const bodyBytesMax = acl.bodyInspectionBytesMax ?? bodyInspectionBytesDefault;
  const rates = createRateCounters(options.timers);
  const labelPrefix = `awswaf:${options.accountId}:webacl:${acl.name}`;
  const rules = acl.rules.toSorted((left, right) => left.priority - right.priority).map(preparedRule);
  return {
    bodyBytesWanted: rules.some(ruleInspectsBody) ? bodyBytesMax + 1 : 0,
    evaluate: (request) => {
      const bodyText = request.body.toString("latin1", 0, bodyBytesMax);
      const inspected = { request, bodyBytesMax, bodyText };
      const progress: RuleProgress = { ...inspected, rates, labelPrefix, labels: new Set(), counted: [], headers: [] };
      for (const rule of rules) {
        const decision = decideByRule(rule, progress);
        if (decision) return verdictOf({ rule: rule.name, ...decision }, progress, acl);
      }
      const { action } = applyAction(acl.defaultAction, "Default_Action", progress) ?? { action: { kind: "allow" } };
      return verdictOf({ rule: "Default_Action", action }, progress, acl);
    },
  };
}

function verdictOf(
  { action, ...decided }: RuleDecision & { readonly rule: string },
  progress: RuleProgress,
  acl: WebAcl,
): Verdict {
  const { counted, labels, headers } = progress;
  const basis = { counted, labels, ...decided };
  if (action.kind === "allow") return { ...basis, action: "allow", headers };
  if (!action.response) return { ...basis, action: "block" };
  return { ...basis, action: "block", response: blockResponse(action.response, acl) };
}

function blockResponse({ status, bodyKey, headers = [] }: CustomResponse, { responseBodies }: WebAcl): BlockResponse {
  const body = bodyKey === undefined ? undefined : responseBodies?.[bodyKey];
  const typed: readonly Header[] = body ? [["Content-Type", contentTypes[body.contentType]]] : [];
  return { status, headers: [...headers, ...typed], body: body?.content ?? "" };
}
