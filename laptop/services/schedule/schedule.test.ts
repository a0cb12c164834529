import { afterEach, describe, expect, it } from "vitest";
import type { LogLine } from "../context.ts";
import { contextOf, eventually, manualTimers, startLambdaWith } from "../services.fixture.ts";
import { nextFire, parseExpression } from "./expression.ts";
import { createSchedules } from "./schedule.ts";
import type { ScheduleOptions } from "./schedule-service.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

describe("parseExpression and nextFire", () => {
  const next = (text: string, after: string, timezone?: string) => {
    const at = nextFire(parseExpression(text, timezone), {
      after: Date.parse(after),
      startAt: Date.parse("2026-01-01T00:00:00Z"),
    });
    return at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);
  };

  it.each([
    ["rate(1 minute)", "2026-01-01T00:00:00Z", "2026-01-01T00:01"],
    ["rate(5 minutes)", "2026-01-01T00:07:00Z", "2026-01-01T00:10"],
    ["rate(2 days)", "2026-01-02T00:00:00Z", "2026-01-03T00:00"],
    ["cron(0 2 * * ? *)", "2026-01-01T02:00:00Z", "2026-01-02T02:00"],
    ["cron(15 10 ? * 6L 2026-2027)", "2026-01-01T00:00:00Z", "2026-01-30T10:15"],
    ["cron(0/15 8-17 ? * MON-FRI *)", "2026-01-02T17:45:00Z", "2026-01-05T08:00"],
    ["cron(0 0 L * ? *)", "2026-02-01T00:00:00Z", "2026-02-28T00:00"],
    ["cron(0 9 ? * 3#2 *)", "2026-01-01T00:00:00Z", "2026-01-13T09:00"],
    ["cron(0 9 15W * ? *)", "2026-02-01T00:00:00Z", "2026-02-16T09:00"],
    ["cron(0 0 1 JAN,JUL ? *)", "2026-01-01T00:00:00Z", "2026-07-01T00:00"],
    ["cron(0 0 29 2 ? *)", "2026-03-01T00:00:00Z", "2028-02-29T00:00"],
    ["at(2026-05-01T12:00:00)", "2026-01-01T00:00:00Z", "2026-05-01T12:00"],
  ])("%s after %s fires at %s", (text, after, expected) => {
    expect(next(text, after)).toBe(expected);
  });

  it("does not fire after its instant or after its last year", () => {
    expect(next("at(2026-05-01T12:00:00)", "2026-05-01T12:00:00Z")).toBeUndefined();
    expect(next("cron(0 0 1 1 ? 2026)", "2026-01-01T00:00:00Z")).toBeUndefined();
  });

  it("follows the clock of its time zone (both daylight-saving changes)", () => {
    expect(next("cron(0 9 * * ? *)", "2026-03-28T12:00:00Z", "Europe/Berlin")).toBe("2026-03-29T07:00");
    expect(next("cron(30 2 * * ? *)", "2026-03-28T12:00:00Z", "Europe/Berlin")).toBe("2026-03-30T00:30");
    expect(next("cron(30 2 * * ? *)", "2026-10-24T12:00:00Z", "Europe/Berlin")).toBe("2026-10-25T00:30");
    expect(next("at(2026-07-01T12:00:00)", "2026-01-01T00:00:00Z", "America/New_York")).toBe("2026-07-01T16:00");
  });

  it.each([
    "rate(0 minutes)",
    "rate(1 second)",
    "cron(0 2 * * * *)",
    "cron(0 24 * * ? *)",
    "cron(* * * *)",
    "at(tomorrow)",
    "daily",
  ])("refuses %s", (text) => {
    expect(() => parseExpression(text)).toThrow();
  });
});

describe("createSchedule", () => {
  async function start(options: Omit<ScheduleOptions, "name" | "target"> & { input?: string }) {
    const lines: LogLine[] = [];
    const clock = manualTimers();
    const context = contextOf({ lines, timers: clock.timers });
    const { lambda, description } = await startLambdaWith(
      context,
      "export const handler = async (event) => console.log('fired ' + JSON.stringify(event));",
    );
    stops.push(() => lambda.stop());
    const schedules = createSchedules({ ...context, lambda });
    stops.push(() => schedules.stop());
    const { input, ...rest } = options;
    const made = await schedules.createSchedule({
      name: "sweep",
      ...rest,
      target: { arn: description.arn, ...(input ? { input } : {}) },
    });
    const fired = () =>
      lines.filter(({ line }) => line.startsWith("fired ")).map(({ line }) => JSON.parse(line.slice(6)));
    return { ...made, schedules, clock, fired };
  }

  it("fires repeatedly at its rate, with its input", async () => {
    const { clock, fired } = await start({
      expression: "rate(1 minute)",
      input: '{"at":"<aws.scheduler.scheduled-time>"}',
    });
    clock.advance(59_999);
    expect(fired()).toEqual([]);
    clock.advance(1);
    await eventually(() => expect(fired()).toEqual([{ at: "2026-01-01T00:01:00Z" }]));
    clock.advance(60_000);
    await eventually(() => expect(fired()).toHaveLength(2));
  });

  it("sends the scheduler's own event where there is no input, and fires on request", async () => {
    const { schedules, fired, arn } = await start({ expression: "cron(0 2 * * ? *)" });
    await schedules.fire("sweep");
    await eventually(() =>
      expect(fired()).toMatchObject([{ "detail-type": "Scheduled Event", source: "aws.scheduler", resources: [arn] }]),
    );
  });

  it("waits longer than a timer can hold", async () => {
    const { clock, fired } = await start({ expression: "at(2026-03-01T00:00:00)", input: "{}" });
    clock.advance(58 * 86_400_000);
    expect(fired()).toEqual([]);
    clock.advance(86_400_000);
    await eventually(() => expect(fired()).toHaveLength(1));
  });

  it("does not fire when disabled, deleted, stopped or after its end", async () => {
    const disabled = await start({ expression: "rate(1 minute)", enabled: false });
    expect(disabled.clock.nextInMs()).toBeUndefined();
    const ended = await start({ expression: "rate(1 minute)", endAt: "2026-01-01T00:00:30Z" });
    expect(ended.clock.nextInMs()).toBeUndefined();
    const deleted = await start({ expression: "rate(1 minute)" });
    deleted.schedules.deleteSchedule("sweep");
    expect(deleted.clock.nextInMs()).toBeUndefined();
    const stopped = await start({ expression: "rate(1 minute)" });
    await stopped.schedules.stop();
    expect(stopped.clock.nextInMs()).toBeUndefined();
  });
});
