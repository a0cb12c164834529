import { randomUUID } from "node:crypto";
import { parseArn } from "../arn.ts";
import type { ServiceContext } from "../context.ts";
import { sendMessage } from "../delivery.ts";
import type { LambdaService } from "../lambda/lambda-service.ts";
import type { ScheduleOptions } from "./schedule-service.ts";

export interface SchedulesOptions extends ServiceContext {
  readonly lambda: Pick<LambdaService, "invoke">;
}

/** One firing of a schedule. */
export interface Firing {
  readonly options: ScheduleOptions;
  readonly scheduleArn: string;
  /** When it was due, in milliseconds since the epoch. */
  readonly atMs: number;
}

/** @throws Error when the target is neither a function nor a queue */
export function checkTarget({ name, target }: ScheduleOptions): void {
  const { service } = parseArn(target.arn);
  if (service === "lambda" || service === "sqs") return;
  throw new Error(`schedule ${name}: ${target.arn} cannot be a target here; functions and queues can`);
}

/** Resolves when the target has taken the event. */
export async function sendToTarget(context: SchedulesOptions, firing: Firing): Promise<void> {
  const { arn } = firing.options.target;
  const payload = payloadOf(context, firing);
  if (parseArn(arn).service === "lambda") {
    await context.lambda.invoke({ function: arn, payload, type: "Event" });
  } else {
    await sendMessage({ endpoint: context.endpoints.sqs, queueArn: arn, body: payload, attributes: {} });
  }
}

/** The input with the scheduler's own attributes filled in; without an input, the event that AWS sends then. */
function payloadOf({ accountId, region }: SchedulesOptions, { options, scheduleArn, atMs }: Firing): string {
  const time = `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  const id = randomUUID();
  const { input } = options.target;
  if (input !== undefined) {
    return input
      .replaceAll("<aws.scheduler.schedule-arn>", scheduleArn)
      .replaceAll("<aws.scheduler.scheduled-time>", time)
      .replaceAll("<aws.scheduler.execution-id>", id)
      .replaceAll("<aws.scheduler.attempt-number>", "1");
  }
  return JSON.stringify({
    version: "0",
    id,
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account: accountId,
    time,
    region,
    resources: [scheduleArn],
    detail: "{}",
  });
}
