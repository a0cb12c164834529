import { z } from "zod";
import { defined } from "./defined.ts";

import { arn, nameOf } from "./naming.ts";
import { required } from "./registry.ts";
import { block, defineResource, ignored, notEncrypted, notTimed, number, only, text } from "./resource.ts";

const notAged = "retries follow immediately, so no attempt becomes too old";
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
    flexible_time_window: block({
      mode: text(),
      maximum_window_in_minutes: ignored("the schedule runs at the start of the window"),
    }),
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
    description: ignored("descriptions have no effect"),
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
  remove: (_, { services }, { name }) => services.schedules.deleteSchedule(String(name)),
});

export const schedulerScheduleGroup = defineResource({
  type: "aws_scheduler_schedule_group",
  arguments: { name: text().optional(), name_prefix: text().optional(), timeouts: ignored(notTimed) },
  apply: (args, { region }, place) => {
    const name = nameOf(args.name, args.name_prefix, place);
    return { id: name, name, arn: arn("scheduler", region, `schedule-group/${name}`) };
  },
  remove: "leaves nothing",
});
