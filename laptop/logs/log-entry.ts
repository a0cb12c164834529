/** One line of a log, as far as it can be parsed. */
export interface LogEntry {
  /** Milliseconds since the epoch; undefined where the line has no time. */
  readonly atMs?: number;
  /** The writer: from the line, else from the name of its file. */
  readonly source: string;
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Fields that do not help to understand an event. */
const bookkeeping = new Set([
  "level",
  "message",
  "timestamp",
  "service",
  "environment",
  "sampling_rate",
  "xray_trace_id",
  "cold_start",
  "function_name",
  "function_arn",
  "function_memory_size",
  "function_request_id",
  "correlation_id",
  "correlation_ids",
  "_aws",
]);
const depthMax = 8;
const timeAtStart = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)\s+(.*)$/s;

/** The entry of a line that mentions the id: as the value of a field or of a list's element, or as a word of its text. */
export function entryWith(id: string, line: string, source: string): LogEntry | undefined {
  if (!line.includes(id)) return undefined;
  const fields = objectOf(line);
  if (fields === undefined) return hasWord(line, id) ? textEntry(line, source) : undefined;
  if (!hasValue(fields, id)) return undefined;
  const { timestamp, level, message, service } = fields;
  const atMs = typeof timestamp === "string" ? Date.parse(timestamp) : Number.NaN;
  return {
    ...(Number.isNaN(atMs) ? {} : { atMs }),
    source: typeof service === "string" ? service : source,
    level: typeof level === "string" ? level : "",
    message: typeof message === "string" ? message : "",
    fields: Object.fromEntries(Object.entries(fields).filter(([name]) => !bookkeeping.has(name))),
  };
}

function textEntry(line: string, source: string): LogEntry {
  const [, time, message = line] = timeAtStart.exec(line) ?? [];
  const level = /\b(ERROR|WARN|INFO|DEBUG)\b/.exec(message)?.[1] ?? "";
  return { ...(time === undefined ? {} : { atMs: Date.parse(time) }), source, level, message, fields: {} };
}

function objectOf(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined; // Cut off, or not JSON.
  }
}

function hasValue(value: unknown, id: string, depth = 0): boolean {
  if (value === id) return true;
  if (typeof value !== "object" || value === null || depth > depthMax) return false;
  return Object.values(value).some((inner) => hasValue(inner, id, depth + 1));
}

/** Ids consist of letters, digits, `_`, `.` and `-`. An id in a text must not be next to one of these. */
function hasWord(text: string, id: string): boolean {
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
    if (!/[\w.-]/.test(text[at - 1] ?? " ") && !/[\w-]/.test(text[at + id.length] ?? " ")) return true;
  }
  return false;
}

const valueLengthMax = 200;

/** Time, milliseconds since the first entry, source, level, message, and the relevant fields. */
export function renderEntry(entry: LogEntry, firstMs: number | undefined, sourceWidth: number): string {
  const { atMs, source, level, message, fields } = entry;
  const time = atMs === undefined ? "" : new Date(atMs).toISOString().slice(11, 23);
  const since = atMs === undefined || firstMs === undefined ? "" : `+${Math.round(atMs - firstMs)} ms`;
  const details = Object.entries(fields).map(([name, value]) => `${name}=${valueText(value)}`);
  const columns = [time.padEnd(12), since.padStart(10), source.padEnd(sourceWidth), level.padEnd(5), message];
  return [...columns, ...details].join("  ").replaceAll(/\s+$/g, "");
}

function valueText(value: unknown): string {
  const { name, message } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  // Only the message of an error is shown: its stack would fill the screen.
  const isError = typeof name === "string" && typeof message === "string";
  const text = isError ? `${name}: ${message}` : typeof value === "string" ? value : JSON.stringify(value);
  return text.length > valueLengthMax ? `${text.slice(0, valueLengthMax)}…` : text;
}
