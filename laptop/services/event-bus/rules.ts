import { compilePattern, type Json, type Matcher } from "../event-pattern.ts";
import type { BusEvent } from "./event.ts";
import type { RuleOptions, TargetOptions } from "./event-bus-service.ts";
import { Target, type TargetPorts } from "./target.ts";

interface Rule {
  readonly arn: string;
  readonly busName: string;
  readonly matches: Matcher;
  readonly enabled: boolean;
  readonly targets: Map<string, Target>;
}

type RuleId = Pick<RuleOptions, "name" | "busName">;

/** The rules of all buses, with their targets. */
export class Rules {
  readonly #ports: TargetPorts;
  readonly #rules = new Map<string, Rule>();
  /** Still needed by the events that wait in them for a retry. */
  readonly #replacedTargets: Target[] = [];

  constructor(ports: TargetPorts) {
    this.#ports = ports;
  }

  /** A rule that is there already keeps its targets. */
  put(arn: string, { name, busName, pattern, enabled = true }: RuleOptions): void {
    const matches = compilePattern(JSON.parse(pattern) as Json);
    const targets = this.#find({ name, busName })?.targets ?? new Map<string, Target>();
    this.#rules.set(keyOf({ name, busName }), { arn, busName, matches, enabled, targets });
  }

  delete(id: RuleId): void {
    for (const target of this.#find(id)?.targets.values() ?? []) target.stop();
    this.#rules.delete(keyOf(id));
  }

  putTarget(options: TargetOptions): void {
    const { rule: name, busName, targetId } = options;
    const rule = this.#find({ name, busName });
    if (!rule) throw new Error(`target ${targetId}: there is no rule ${name} on ${busName}`);
    const before = rule.targets.get(targetId);
    if (before) this.#replacedTargets.push(before);
    rule.targets.set(targetId, new Target(this.#ports, rule.arn, options));
  }

  removeTarget({ rule: name, busName, targetId }: Pick<TargetOptions, "rule" | "busName" | "targetId">): void {
    const targets = this.#find({ name, busName })?.targets;
    targets?.get(targetId)?.stop();
    targets?.delete(targetId);
  }

  /** Sends the events of one bus to the targets of the rules that match. With `ruleArns`, only of those rules. */
  async route(events: readonly BusEvent[], from: { busName: string; ruleArns?: readonly string[] }): Promise<void> {
    const { busName, ruleArns } = from;
    const rules = [...this.#rules.values()].filter(
      (rule) => rule.busName === busName && rule.enabled && (ruleArns?.includes(rule.arn) ?? true),
    );
    await Promise.all(
      rules.flatMap(({ matches, targets }) => {
        const matching = events.filter(matches);
        return matching.length === 0 ? [] : [...targets.values()].map((target) => target.deliver(matching));
      }),
    );
  }

  stop(): void {
    const current = [...this.#rules.values()].flatMap((rule) => [...rule.targets.values()]);
    for (const target of [...this.#replacedTargets, ...current]) target.stop();
  }

  #find(id: RuleId): Rule | undefined {
    return this.#rules.get(keyOf(id));
  }
}

const keyOf = ({ name, busName }: RuleId): string => `${busName}/${name}`;
