import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule/index.js";
import { Construct } from "constructs";
import { Role } from "../identity/role.ts";
import { physicalName } from "../naming.ts";

export interface FunctionScheduleProps {
  /** `rate(1 minute)` or `cron(0 3 * * ? *)`, in UTC. */
  readonly expression: `rate(${string})` | `cron(${string})`;
  /** The event of each call. @default {} */
  readonly input?: Readonly<Record<string, unknown>>;
  /** How many times the schedule retries a failed call. @default 0 */
  readonly retryCount?: number;
  /** The schedule does not retry a call that is older than this. 60 to 86,400. @default 60 */
  readonly giveUpAfterSeconds?: number;
}

interface ScheduledFunction {
  readonly name: string;
  readonly arn: string;
}

/**
 * A schedule that calls one function. Its role allows nothing else. `LambdaFunction.onSchedule` makes one.
 * @example
 * new FunctionSchedule(stack, "nightly", publicFunction, { expression: "cron(0 3 * * ? *)", retryCount: 2 });
 */
export class FunctionSchedule extends Construct {
  readonly schedule: SchedulerSchedule;

  constructor(scope: Construct, id: string, fn: ScheduledFunction, props: FunctionScheduleProps) {
    super(scope, id);
    const name = `${fn.name}-${id}`;
    const role = new Role(this, "role", {
      name,
      service: "scheduler.amazonaws.com",
      statements: [{ actions: ["lambda:InvokeFunction"], resources: [fn.arn] }],
    });
    this.schedule = new SchedulerSchedule(this, "schedule", {
      name: physicalName("schedule", name),
      scheduleExpression: props.expression,
      scheduleExpressionTimezone: "UTC",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: fn.arn,
        roleArn: role.arn,
        input: JSON.stringify(props.input ?? {}),
        retryPolicy: {
          maximumRetryAttempts: props.retryCount ?? 0,
          maximumEventAgeInSeconds: props.giveUpAfterSeconds ?? 60,
        },
      },
      dependsOn: [role.policy],
    });
  }
}
