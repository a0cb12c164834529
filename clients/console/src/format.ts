const number = new Intl.NumberFormat();
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

const time = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const utcDay = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });

export const formatTime = (instant: string): string => time.format(new Date(instant));
export const formatDay = (instant: string): string => day.format(new Date(instant));
/** Formats a day of the reports, such as `2026-01-31`. It is a UTC day in every time zone. */
export const formatDate = (date: string): string => utcDay.format(new Date(date));
export const formatShare = (share: number): string => percent.format(share);
export const formatQuantity = (quantity: number): string => number.format(quantity);
export const formatSigned = (quantity: number): string => `${quantity > 0 ? "+" : ""}${number.format(quantity)}`;
export const formatInstant = (instant: string | null | undefined): string =>
  instant ? dateTime.format(new Date(instant)) : "never";

/** Formats seconds as `4:05`. */
export function formatCountdown(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return `${minutes}:${String(rest).padStart(2, "0")}`;
}

/** Turns `snake_case` and `kebab-case` into words. */
export function formatName(name: string): string {
  const words = name.replaceAll(/[_-]/g, " ").replace(/\bsku\b/, "SKU");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const units = [
  { name: "day", seconds: 86_400 },
  { name: "hour", seconds: 3_600 },
  { name: "minute", seconds: 60 },
  { name: "second", seconds: 1 },
] as const;
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export function formatAge(instant: string, nowMs: number): string {
  const seconds = Math.round((Date.parse(instant) - nowMs) / 1_000);
  const unit = units.find((each) => Math.abs(seconds) >= each.seconds) ?? units[3];
  return relative.format(Math.round(seconds / unit.seconds), unit.name);
}
