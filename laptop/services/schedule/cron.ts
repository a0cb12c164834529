import { localAt, localToInstant } from "./time-zone.ts";

/** Tells whether a cron field selects a day. */
type DayTest = (date: { year: number; month: number; day: number }) => boolean;

export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly isDay: DayTest;
  readonly isYear: (year: number) => boolean;
}

const monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const daysAhead = 366 * 9;

/** Six fields: minutes, hours, day of month, month, day of week (1 is Sunday), year. */
export function parseCron(body: string): Cron {
  const fields = body.trim().split(/\s+/);
  const [minutes = "", hours = "", day = "", month = "", weekday = "", year = ""] = fields;
  if (fields.length !== 6) throw new Error(`cron(${body}) has ${fields.length} fields; it needs six`);
  if ((day === "?") === (weekday === "?")) {
    throw new Error(`cron(${body}): exactly one of day of month and day of week must be ?`);
  }
  const years = year === "*" ? undefined : new Set(expand(year, { from: 1970, to: 2199, names: [] }));
  return {
    minutes: expand(minutes, { from: 0, to: 59, names: [] }),
    hours: expand(hours, { from: 0, to: 23, names: [] }),
    months: new Set(expand(month, { from: 1, to: 12, names: monthNames })),
    isDay: weekday === "?" ? dayOfMonth(day) : dayOfWeek(weekday),
    isYear: (candidate) => years?.has(candidate) ?? true,
  };
}

/** The first instant after `after` that the expression selects; undefined when there is none in the next nine years. */
export function nextCron(cron: Cron, options: { after: number; timezone: string }): number | undefined {
  const { after, timezone } = options;
  const start = localAt(after, timezone);
  for (let ahead = 0; ahead <= daysAhead; ahead += 1) {
    const date = new Date(Date.UTC(start.year, start.month - 1, start.day + ahead));
    const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
    if (!cron.isYear(day.year) || !cron.months.has(day.month) || !cron.isDay(day)) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const at = localToInstant({ ...day, hour, minute }, timezone);
        if (at !== undefined && at > after) return at;
      }
    }
  }
  return undefined;
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly names: readonly string[];
}

/** `*`, `5`, `1-5`, `0/15`, `1-10/2`, names, and lists of them. */
function expand(field: string, range: Range): number[] {
  const selected = new Set<number>();
  for (const part of field.split(",")) {
    const [span = "", stepText] = part.split("/");
    const step = stepText === undefined ? 1 : Number(stepText);
    const [low = "", high] = span.split("-");
    const from = span === "*" ? range.from : numberOf(low, range);
    const to = high !== undefined ? numberOf(high, range) : span === "*" || stepText !== undefined ? range.to : from;
    if (!(step >= 1) || from < range.from || to > range.to || from > to) {
      throw new Error(`"${field}" is no cron field; allowed are ${range.from} to ${range.to}`);
    }
    for (let value = from; value <= to; value += step) selected.add(value);
  }
  return [...selected].sort((left, right) => left - right);
}

function numberOf(text: string, { from, names }: Range): number {
  const name = names.indexOf(text.toUpperCase());
  if (name >= 0) return name + from;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function weekdayOf(date: { year: number; month: number; day: number }): number {
  return new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay() + 1;
}

function lastDayOf({ year, month }: { year: number; month: number }): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Also `L`, the last day, and `15W`, the weekday nearest to the 15th. */
function dayOfMonth(field: string): DayTest {
  if (field === "L") return (date) => date.day === lastDayOf(date);
  const nearest = /^(\d+)W$/.exec(field)?.[1];
  if (nearest) return (date) => date.day === nearestWeekday(Number(nearest), date);
  const days = new Set(expand(field, { from: 1, to: 31, names: [] }));
  return ({ day }) => days.has(day);
}

function nearestWeekday(wanted: number, { year, month }: { year: number; month: number }): number {
  const last = lastDayOf({ year, month });
  const day = Math.min(wanted, last);
  const weekday = weekdayOf({ year, month, day });
  if (weekday === 7) return day === 1 ? 3 : day - 1;
  if (weekday === 1) return day === last ? day - 2 : day + 1;
  return day;
}

/** Also `6L`, the last Friday, and `3#2`, the second Tuesday. */
function dayOfWeek(field: string): DayTest {
  const names: Range = { from: 1, to: 7, names: dayNames };
  const last = /^(\w+)L$/.exec(field)?.[1];
  if (last) {
    const weekday = numberOf(last, names);
    return (date) => weekdayOf(date) === weekday && date.day + 7 > lastDayOf(date);
  }
  const [, day, nth] = /^(\w+)#([1-5])$/.exec(field) ?? [];
  if (day) {
    const weekday = numberOf(day, names);
    return (date) => weekdayOf(date) === weekday && Math.ceil(date.day / 7) === Number(nth);
  }
  const days = new Set(expand(field, names));
  return (date) => days.has(weekdayOf(date));
}
