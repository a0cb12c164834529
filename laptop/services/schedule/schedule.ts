import type { ScheduleOptions, ScheduleService } from "./schedule-service.ts";
import { checkTarget, type Firing, type SchedulesOptions, sendToTarget } from "./schedule-target.ts";
import { ScheduleTimer } from "./schedule-timer.ts";

interface Schedule {
  readonly options: ScheduleOptions;
  readonly arn: string;
  readonly timer: ScheduleTimer;
}

/** EventBridge Scheduler. A schedule that was due while the laptop was down does not fire later. */
export function createSchedules(context: SchedulesOptions): ScheduleService {
  const schedules = new Map<string, Schedule>();
  return {
    createSchedule: async (options) => {
      const schedule = createSchedule(context, options);
      schedules.get(options.name)?.timer.stop();
      schedules.set(options.name, schedule);
      if (options.enabled ?? true) schedule.timer.start();
      return { name: options.name, arn: schedule.arn };
    },
    deleteSchedule: (name) => {
      schedules.get(name)?.timer.stop();
      schedules.delete(name);
    },
    fire: async (name) => {
      const schedule = schedules.get(name);
      if (!schedule) {
        throw new Error(`there is no schedule ${name}; known are ${[...schedules.keys()].join(", ") || "none"}`);
      }
      const { options, arn } = schedule;
      await sendToTarget(context, { options, scheduleArn: arn, atMs: context.timers.now() });
    },
    stop: async () => {
      for (const { timer } of schedules.values()) timer.stop();
    },
  };
}

function createSchedule(context: SchedulesOptions, options: ScheduleOptions): Schedule {
  checkTarget(options);
  const { name, groupName = "default" } = options;
  const arn = `arn:aws:scheduler:${context.region}:${context.accountId}:schedule/${groupName}/${name}`;
  const timer = new ScheduleTimer(options, {
    timers: context.timers,
    onFire: (atMs) => void fire(context, { options, scheduleArn: arn, atMs }),
  });
  return { options, arn, timer };
}

/** Nobody waits for a timer's firing, so a failure is logged. */
async function fire(context: SchedulesOptions, firing: Firing): Promise<void> {
  const { name, target } = firing.options;
  try {
    await sendToTarget(context, firing);
  } catch (error) {
    const time = new Date(context.timers.now()).toISOString();
    context.log({ source: `schedule/${name}`, line: `${time} could not reach ${target.arn}: ${String(error)}` });
  }
}
