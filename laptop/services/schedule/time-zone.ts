export interface LocalTime {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  formats.set(timezone, format);
  return format;
}

/** The local time of a zone at an instant. */
export function localAt(at: number, timezone: string): LocalTime {
  const parts = Object.fromEntries(
    formatOf(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return { year, month, day, hour, minute };
}

/** The first instant at which a zone has this local time; undefined when it never has it. */
export function localToInstant(local: LocalTime, timezone: string): number | undefined {
  const asUtc = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute);
  // No zone is further from UTC than 14 hours, and offsets change by quarters of an hour.
  const offsets = [asUtc - 86_400_000, asUtc + 86_400_000].map((at) => asUtcOf(localAt(at, timezone)) - at);
  const candidates = offsets.map((offset) => asUtc - Math.round(offset / 60_000) * 60_000).sort((a, b) => a - b);
  return candidates.find((at) => asUtcOf(localAt(at, timezone)) === asUtc);
}

function asUtcOf({ year, month, day, hour, minute }: LocalTime): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}
