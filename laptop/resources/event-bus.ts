import { z } from "zod";
import { arnMatches } from "../services/arn.ts";
import type { Services } from "../services/index.ts";
import { defined } from "./defined.ts";
import { arn, lastPart, nameOf } from "./naming.ts";
import { type Registry, required } from "./registry.ts";
import { block, defineResource, ignored, notDestroyed, notEncrypted, notMonitored, number, text } from "./resource.ts";

const defaultBus = "default";

export const cloudwatchEventBus = defineResource({
  type: "aws_cloudwatch_event_bus",
  arguments: {
    name: text(),
    description: ignored("descriptions have no effect"),
    kms_key_identifier: ignored(notEncrypted),
    log_config: ignored(notMonitored),
  },
  apply: (args, { services }) => {
    const made = services.eventBus.createBus({ name: args.name });
    return { id: made.name, name: made.name, arn: made.arn };
  },
  remove: (args, { services }) => services.eventBus.deleteBus(args.name),
});

/** With a pattern, it is a rule of a bus. With an expression, it is a schedule; only the default bus has schedules. */
export const cloudwatchEventRule = defineResource({
  type: "aws_cloudwatch_event_rule",
  arguments: {
    name: text().optional(),
    name_prefix: text().optional(),
    schedule_expression: text().optional(),
    event_pattern: text().optional(),
    state: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
    event_bus_name: text().default(defaultBus),
    description: ignored("descriptions have no effect"),
    role_arn: ignored("targets are called without a role"),
    force_destroy: ignored(notDestroyed),
  },
  apply: async (args, { registry, region, services }, place) => {
    const name = nameOf(args.name, args.name_prefix, place);
    const busName = lastPart(args.event_bus_name);
    const enabled = args.state === "ENABLED";
    if (args.event_pattern !== undefined) {
      const made = services.eventBus.createRule({ name, busName, pattern: args.event_pattern, enabled });
      return { id: busName === defaultBus ? name : `${busName}/${name}`, name, arn: made.arn };
    }
    if (args.schedule_expression === undefined) {
      throw new Error(`rule ${name}: give it an event_pattern or a schedule_expression`);
    }
    const targets = registry.rules.get(name)?.targets ?? new Map();
    registry.rules.set(name, { name, expression: args.schedule_expression, enabled, targets });
    for (const targetId of targets.keys()) await scheduleTarget(registry, services, { rule: name, targetId });
    return { id: name, name, arn: arn("events", region, `rule/${name}`) };
  },
  remove: (args, { registry, services }, { name }) => {
    registry.rules.delete(String(name));
    services.eventBus.deleteRule({ name: String(name), busName: lastPart(args.event_bus_name) });
  },
});

export const cloudwatchEventTarget = defineResource({
  type: "aws_cloudwatch_event_target",
  arguments: {
    rule: text(),
    arn: text(),
    target_id: text().optional(),
    input: text().optional(),
    event_bus_name: text().default(defaultBus),
    retry_policy: block({
      maximum_retry_attempts: number().optional(),
      maximum_event_age_in_seconds: number().optional(),
    }).optional(),
    dead_letter_config: block({ arn: text().optional() }).optional(),
    role_arn: ignored("targets are called without a role"),
    force_destroy: ignored(notDestroyed),
  },
  apply: async (args, { services, registry }, place) => {
    const targetId = nameOf(args.target_id, undefined, place);
    const target = defined({
      arn: args.arn,
      input: args.input,
      maximumRetryAttempts: args.retry_policy?.maximum_retry_attempts,
      deadLetterArn: args.dead_letter_config?.arn,
    });
    const scheduled = registry.rules.get(args.rule);
    if (scheduled !== undefined) {
      scheduled.targets.set(targetId, target);
      await scheduleTarget(registry, services, { rule: args.rule, targetId });
    } else {
      services.eventBus.putTarget({
        ...target,
        rule: args.rule,
        busName: lastPart(args.event_bus_name),
        targetId,
        ...defined({ maximumEventAgeSeconds: args.retry_policy?.maximum_event_age_in_seconds }),
        isPermitted: ({ ruleArn, targetArn }) => mayReceive(registry, ruleArn, targetArn),
      });
    }
    return { id: `${args.rule}-${targetId}`, target_id: targetId };
  },
  remove: ({ rule, event_bus_name }, { services, registry }, { target_id }) => {
    const targetId = String(target_id);
    registry.rules.get(rule)?.targets.delete(targetId);
    services.schedules.deleteSchedule(`${rule}-${targetId}`);
    services.eventBus.removeTarget({ rule, busName: lastPart(event_bus_name), targetId });
  },
});

/** Creates a schedule for one target of a rule with a schedule expression. */
async function scheduleTarget(
  registry: Registry,
  services: Services,
  { rule, targetId }: { readonly rule: string; readonly targetId: string },
): Promise<void> {
  const { expression, enabled, targets } = required(registry.rules.get(rule), "rule", rule);
  const target = required(targets.get(targetId), "target", targetId);
  const name = `${rule}-${targetId}`;
  await services.schedules.createSchedule({ name, groupName: "rules", expression, enabled, target });
}

export const cloudwatchEventArchive = defineResource({
  type: "aws_cloudwatch_event_archive",
  arguments: {
    name: text(),
    event_source_arn: text(),
    event_pattern: text().optional(),
    retention_days: number().optional(),
    description: ignored("descriptions have no effect"),
    kms_key_identifier: ignored(notEncrypted),
  },
  apply: (args, { services }) => {
    const made = services.eventBus.createArchive(
      defined({
        name: args.name,
        busArn: args.event_source_arn,
        pattern: args.event_pattern,
        retentionDays: args.retention_days === 0 ? undefined : args.retention_days,
      }),
    );
    return { id: args.name, arn: made.arn };
  },
  remove: (args, { services }) => services.eventBus.deleteArchive(args.name),
});

const OneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const QueuePolicy = z.looseObject({
  Statement: z.array(
    z.looseObject({
      Effect: z.enum(["Allow", "Deny"]),
      Principal: z.union([z.literal("*"), z.record(z.string(), OneOrMore)]),
      Action: OneOrMore,
      Resource: OneOrMore,
      Condition: z.record(z.string(), z.record(z.string(), OneOrMore)).optional(),
    }),
  ),
});

/**
 * Returns whether a queue's policy allows EventBridge to send to it for this rule. The check is at delivery, because
 * Terraform applies policies after targets.
 */
function mayReceive({ resourcePolicies }: Registry, ruleArn: string, targetArn: string): boolean {
  if (!targetArn.startsWith("arn:aws:sqs:")) return true;
  const document = resourcePolicies.get(targetArn);
  if (document === undefined) return false;
  return QueuePolicy.parse(JSON.parse(document)).Statement.some(
    ({ Effect, Principal, Action, Resource, Condition = {} }) =>
      Effect === "Allow" &&
      (Principal === "*" || (Principal.Service ?? []).includes("events.amazonaws.com")) &&
      Action.some((action) => arnMatches(action.toLowerCase(), "sqs:sendmessage")) &&
      Resource.some((resource) => arnMatches(resource, targetArn)) &&
      Object.entries(Condition).every(([operator, keys]) => holds(operator, keys, ruleArn)),
  );
}

/** Only conditions on the rule's ARN are supported. Any other condition never holds. */
function holds(operator: string, keys: Readonly<Record<string, readonly string[]>>, ruleArn: string): boolean {
  return Object.entries(keys).every(
    ([key, patterns]) =>
      /^(Arn|String)(Equals|Like)$/.test(operator) &&
      key.toLowerCase() === "aws:sourcearn" &&
      patterns.some((pattern) => arnMatches(pattern, ruleArn)),
  );
}
