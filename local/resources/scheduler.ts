import { z } from "zod";
import { defined } from "./defined.ts";

import { arn, nameOf } from "./naming.ts";
import { required } from "./registry.ts";
import {
  block,
  defineResource,
  ignored,
  notDestroyed,
  notEncrypted,
  notTimed,
  number,
  only,
  text,
} from "./resource.ts";

const notAged = "attempts follow at once, so none gets old";
const Enabled = z.enum(["ENABLED", "DISABLED"]).default("ENABLED");

export const schedulerSchedule = defineResource({
  type: "aws_scheduler_schedule",
  arguments: {
    name: text().optional(),
    name_prefix: text().optional(),
    group_name: text().optional(),
    schedule_expression: text(),
    schedule_expression_timezone: text().optional(),
    start_date: text().optional(),
    end_date: text().optional(),
    state: Enabled,
    flexible_time_window: block({ mode: text(), maximum_window_in_minutes: ignored("it fires at the window's start") }),
    target: block({
      arn: text(),
      role_arn: text(),
      input: text().optional(),
      retry_policy: block({
        maximum_retry_attempts: number().optional(),
        maximum_event_age_in_seconds: ignored(notAged),
      }).optional(),
      dead_letter_config: block({ arn: text() }).optional(),
    }),
    action_after_completion: only(["NONE"], "a schedule is never deleted").optional(),
    description: ignored("a remark"),
    kms_key_arn: ignored(notEncrypted),
  },
  apply: async (args, { services, registry }, place) => {
    const { target } = args;
    required(registry.roleByArn(target.role_arn), "role", target.role_arn);
    const name = nameOf(args.name, args.name_prefix, place);
    const made = await services.schedules.createSchedule(
      defined({
        name,
        groupName: args.group_name,
        expression: args.schedule_expression,
        timezone: args.schedule_expression_timezone,
        startAt: args.start_date,
        endAt: args.end_date,
        enabled: args.state === "ENABLED",
        target: defined({
          arn: target.arn,
          input: target.input,
          maximumRetryAttempts: target.retry_policy?.maximum_retry_attempts,
          deadLetterArn: target.dead_letter_config?.arn,
        }),
      }),
    );
    return { id: `${args.group_name ?? "default"}/${name}`, name, arn: made.arn };
  },
});

export const schedulerScheduleGroup = defineResource({
  type: "aws_scheduler_schedule_group",
  arguments: { name: text().optional(), name_prefix: text().optional(), timeouts: ignored(notTimed) },
  apply: (args, { region }, place) => {
    const name = nameOf(args.name, args.name_prefix, place);
    return { id: name, name, arn: arn("scheduler", region, `schedule-group/${name}`) };
  },
});

/** Rules with a schedule; rules with an event pattern need an event bus, which the laptop does not run yet. */
export const cloudwatchEventRule = defineResource({
  type: "aws_cloudwatch_event_rule",
  arguments: {
    name: text().optional(),
    name_prefix: text().optional(),
    schedule_expression: text(),
    state: Enabled,
    event_bus_name: only(["default"], "there is one event bus").optional(),
    description: ignored("a remark"),
    role_arn: ignored("targets are called without a role"),
    force_destroy: ignored(notDestroyed),
  },
  apply: (args, { registry, region }, place) => {
    const name = nameOf(args.name, args.name_prefix, place);
    registry.rules.set(name, { name, expression: args.schedule_expression, enabled: args.state === "ENABLED" });
    return { id: name, name, arn: arn("events", region, `rule/${name}`) };
  },
});

export const cloudwatchEventTarget = defineResource({
  type: "aws_cloudwatch_event_target",
  arguments: {
    rule: text(),
    arn: text(),
    target_id: text().optional(),
    input: text().optional(),
    event_bus_name: only(["default"], "there is one event bus").optional(),
    retry_policy: block({
      maximum_retry_attempts: number().optional(),
      maximum_event_age_in_seconds: ignored(notAged),
    }).optional(),
    dead_letter_config: block({ arn: text().optional() }).optional(),
    role_arn: ignored("targets are called without a role"),
    force_destroy: ignored(notDestroyed),
  },
  apply: async (args, { services, registry }, place) => {
    const rule = required(registry.rules.get(args.rule), "rule", args.rule);
    const targetId = nameOf(args.target_id, undefined, place);
    await services.schedules.createSchedule({
      name: `${rule.name}-${targetId}`,
      groupName: "rules",
      expression: rule.expression,
      enabled: rule.enabled,
      target: defined({
        arn: args.arn,
        input: args.input,
        maximumRetryAttempts: args.retry_policy?.maximum_retry_attempts,
        deadLetterArn: args.dead_letter_config?.arn,
      }),
    });
    return { id: `${rule.name}-${targetId}`, target_id: targetId };
  },
});
