import { randomUUID } from "node:crypto";

type Parts = Readonly<Record<"yyyy" | "MM" | "dd" | "HH" | "mm" | "ss", string>>;

/** The letters of Java's date formats that Firehose's examples use. Other letters are refused when the stream is created. */
const letters = /yyyy|MM|dd|HH|mm|ss|'[^']*'|[A-Za-z]+/g;
const namespace = /!\{([^}:]+):([^}]*)\}/g;

export interface ObjectNameOptions {
  readonly streamName: string;
  readonly prefix: string;
  readonly extension: string;
  readonly timezone: string;
}

/** https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html */
export function objectName(options: ObjectNameOptions, at: Date): string {
  const parts = partsOf(at, options.timezone);
  const { yyyy, MM, dd, HH, mm, ss } = parts;
  const hasTimestamp = options.prefix.includes("!{timestamp:");
  const prefix = evaluatePrefix(hasTimestamp ? options.prefix : `${options.prefix}!{timestamp:yyyy/MM/dd/HH/}`, parts);
  return `${prefix}${options.streamName}-1-${[yyyy, MM, dd, HH, mm, ss].join("-")}-${randomUUID()}${options.extension}`;
}

/** @throws Error that names the part of the prefix that is not supported here */
export function checkPrefix(prefix: string): void {
  evaluatePrefix(prefix, partsOf(new Date(0), "UTC"));
}

function evaluatePrefix(prefix: string, parts: Parts): string {
  return prefix.replaceAll(namespace, (whole, name: string, value: string) => {
    if (name === "timestamp") return formatTimestamp(value, parts);
    if (name === "firehose" && value === "random-string") return randomUUID().replaceAll("-", "").slice(0, 11);
    throw new Error(
      `prefix "${prefix}": ${whole} is not known here; !{timestamp:...} and !{firehose:random-string} are`,
    );
  });
}

function formatTimestamp(pattern: string, parts: Parts): string {
  return pattern.replaceAll(letters, (token) => {
    if (token.startsWith("'")) return token.slice(1, -1);
    const value = parts[token as keyof Parts];
    if (value === undefined) throw new Error(`timestamp "${pattern}": "${token}" is not known here`);
    return value;
  });
}

function partsOf(at: Date, timezone: string): Parts {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const found = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const { year = "", month = "", day = "", hour = "", minute = "", second = "" } = found;
  return { yyyy: year, MM: month, dd: day, HH: hour, mm: minute, ss: second };
}
