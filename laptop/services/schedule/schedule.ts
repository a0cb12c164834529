import { randomUUID } from "node:crypto";
import { parseArn } from "../arn.ts";
import type { ServiceContext } from "../context.ts";
import { sendMessage } from "../delivery.ts";
import type { LambdaService } from "../lambda/lambda-service.ts";
import { type Expression, nextFire, parseExpression } from "./expression.ts";
import type { ScheduleDescription, ScheduleOptions, ScheduleService } from "./schedule-service.ts";

export interface SchedulesOptions extends ServiceContext {
  readonly lambda: Pick<LambdaService, "invoke">;
}

interface Scheduled {
  readonly options: ScheduleOptions;
  readonly arn: string;
  readonly expression: Expression;
  readonly madeAt: number;
  cancel: () => void;
}

/** A timer holds some 24 days; longer waits are taken in parts. */
const waitMsMax = 86_400_000;

/** EventBridge Scheduler. What should have fired while the laptop was down does not fire later. */
export function createSchedules(context: SchedulesOptions): ScheduleService {
  const { timers } = context;
  const schedules = new Map<string, Scheduled>();

  function arm(scheduled: Scheduled): void {
    const { options, expression, madeAt } = scheduled;
    const startAt = options.startAt ? Date.parse(options.startAt) : madeAt;
    const endAt = options.endAt ? Date.parse(options.endAt) : Number.POSITIVE_INFINITY;
    const at = nextFire(expression, { after: Math.max(timers.now(), startAt - 1), startAt });
    if (at === undefined || at > endAt) return;
    waitUntil(scheduled, at);
  }

  function waitUntil(scheduled: Scheduled, at: number): void {
    scheduled.cancel = timers.after(Math.min(at - timers.now(), waitMsMax), () => {
      if (timers.now() < at) return waitUntil(scheduled, at);
      void fireAndReport(scheduled, at);
      arm(scheduled);
    });
  }

  async function fireAndReport(scheduled: Scheduled, at: number): Promise<void> {
    const { name, target } = scheduled.options;
    try {
      await send(scheduled, at);
    } catch (error) {
      const line = `${new Date(timers.now()).toISOString()} could not reach ${target.arn}: ${String(error)}`;
      context.log({ source: `schedule/${name}`, line });
    }
  }

  async function send({ options, arn }: Scheduled, at: number): Promise<void> {
    const { target } = options;
    const payload = inputOf({ target, arn, at: new Date(at), context });
    const { service } = parseArn(target.arn);
    if (service === "lambda") {
      await context.lambda.invoke({ function: target.arn, payload, type: "Event" });
    } else {
      await sendMessage({ endpoint: context.endpoints.sqs, queueArn: target.arn, body: payload, attributes: {} });
    }
  }

  return {
    createSchedule: async (options): Promise<ScheduleDescription> => {
      const { name, groupName = "default", target } = options;
      const { service } = parseArn(target.arn);
      if (service !== "lambda" && service !== "sqs") {
        throw new Error(`schedule ${name}: ${target.arn} cannot be a target here; functions and queues can`);
      }
      const arn = `arn:aws:scheduler:${context.region}:${context.accountId}:schedule/${groupName}/${name}`;
      const expression = parseExpression(options.expression, options.timezone);
      const scheduled: Scheduled = { options, arn, expression, madeAt: timers.now(), cancel: () => undefined };
      schedules.get(name)?.cancel();
      schedules.set(name, scheduled);
      if (options.enabled ?? true) arm(scheduled);
      return { name, arn };
    },
    deleteSchedule: (name) => {
      schedules.get(name)?.cancel();
      schedules.delete(name);
    },
    fire: async (name) => {
      const scheduled = schedules.get(name);
      if (!scheduled)
        throw new Error(`there is no schedule ${name}; known are ${[...schedules.keys()].join(", ") || "none"}`);
      await send(scheduled, timers.now());
    },
    stop: async () => {
      for (const { cancel } of schedules.values()) cancel();
    },
  };
}

/** Input with the scheduler's own attributes put in, or the event it sends without one. */
function inputOf(given: {
  target: ScheduleOptions["target"];
  arn: string;
  at: Date;
  context: SchedulesOptions;
}): string {
  const { target, arn, context } = given;
  const time = `${given.at.toISOString().slice(0, 19)}Z`;
  const id = randomUUID();
  if (target.input !== undefined) {
    return target.input
      .replaceAll("<aws.scheduler.schedule-arn>", arn)
      .replaceAll("<aws.scheduler.scheduled-time>", time)
      .replaceAll("<aws.scheduler.execution-id>", id)
      .replaceAll("<aws.scheduler.attempt-number>", "1");
  }
  return JSON.stringify({
    version: "0",
    id,
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account: context.accountId,
    time,
    region: context.region,
    resources: [arn],
    detail: "{}",
  });
}
