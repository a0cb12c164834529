import { type Cron, nextCron, parseCron } from "./cron.ts";
import { localToInstant } from "./time-zone.ts";

export type ScheduleExpression =
  | { readonly type: "rate"; readonly everyMs: number }
  | { readonly type: "at"; readonly at: number }
  | { readonly type: "cron"; readonly cron: Cron; readonly timezone: string };

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
export function parseExpression(text: string, timezone = "UTC"): ScheduleExpression {
  const [, kind, body = ""] = /^(rate|cron|at)\((.*)\)$/.exec(text.trim()) ?? [];
  switch (kind) {
    case "rate":
      return { type: "rate", everyMs: parseRate(body, text) };
    case "cron":
      return { type: "cron", cron: parseCron(body), timezone };
    case "at":
      return { type: "at", at: parseAt(body, timezone, text) };
    default:
      throw new Error(`"${text}" is no schedule; expected rate(...), cron(...) or at(...)`);
  }
}

/** The first firing after an instant; undefined when there is none. A rate counts from `startAt`. */
export function nextFire(
  expression: ScheduleExpression,
  options: { after: number; startAt: number },
): number | undefined {
  switch (expression.type) {
    case "rate": {
      const { everyMs } = expression;
      const elapsed = Math.max(0, options.after - options.startAt);
      return options.startAt + (Math.floor(elapsed / everyMs) + 1) * everyMs;
    }
    case "at":
      return expression.at > options.after ? expression.at : undefined;
    case "cron":
      return nextCron(expression.cron, { after: options.after, timezone: expression.timezone });
  }
}

function parseRate(body: string, text: string): number {
  const [, count = "0", unit] = /^(\d+)\s+(minute|hour|day)s?$/.exec(body.trim()) ?? [];
  if (!unit || Number(count) < 1) throw new Error(`"${text}" is no rate; expected such as rate(5 minutes)`);
  return Number(count) * unitMs[unit as keyof typeof unitMs];
}

function parseAt(body: string, timezone: string, text: string): number {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(body.trim())?.slice(1).map(Number);
  if (!parts) throw new Error(`"${text}" is no instant; expected at(yyyy-mm-ddThh:mm:ss)`);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  const at = localToInstant({ year, month, day, hour, minute }, timezone);
  if (at === undefined) throw new Error(`"${text}" does not exist in ${timezone}: the clock is put forward then`);
  return at + second * 1000;
}
