/** The period of a report, in UTC days. */
export type Period =
  | { readonly kind: "last"; readonly dayCount: number }
  | { readonly kind: "all" }
  /** Both days are included. An empty day is no bound. */
  | { readonly kind: "days"; readonly first: string; readonly last: string };

const dayMs = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const beginOf = (day: string): string => `${day}T00:00:00.000Z`;

/** Returns the API's bounds of a period: `from` is included, `to` is excluded. */
export function boundsOf(period: Period, nowMs: number): { readonly from?: string; readonly to?: string } {
  switch (period.kind) {
    case "all":
      return {};
    case "last":
      return { from: beginOf(dayOf(nowMs - (period.dayCount - 1) * dayMs)) };
    case "days": {
      const { first, last } = period;
      return {
        ...(first !== "" && { from: beginOf(first) }),
        ...(last !== "" && { to: beginOf(dayOf(Date.parse(last) + dayMs)) }),
      };
    }
    default:
      return period satisfies never;
  }
}

/** Returns every day from the first to the last, so that a chart also has the days without a row. */
export function daysBetween(days: readonly string[]): string[] {
  const [first, last] = [days.reduce(earlier, days[0] ?? ""), days.reduce(later, "")];
  if (first === "") return [];
  const dayCount = (Date.parse(last) - Date.parse(first)) / dayMs + 1;
  return Array.from({ length: dayCount }, (_, index) => dayOf(Date.parse(first) + index * dayMs));
}

const earlier = (a: string, b: string): string => (b < a ? b : a);
const later = (a: string, b: string): string => (b > a ? b : a);
