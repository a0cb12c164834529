import { type RawBuilder, sql } from "kysely";
import type { ReportQuery } from "../../contract/report.ts";
import type { Database } from "../runtime/database/database.ts";
import type { Cell } from "./csv.ts";
import type { ReportDefinition } from "./report-definition.ts";

export type ReportRow = Readonly<Record<string, Cell>>;
type Filter = Omit<ReportQuery, "format">;

/** Reads the rows of a report in its order, at most `rowsMax`. */
export async function runReport(
  database: Database,
  definition: ReportDefinition,
  filter: Filter,
  rowsMax: number,
): Promise<readonly ReportRow[]> {
  const { sku, location } = filter;
  const { source, inPeriod } = periodOf(definition, filter);
  const conditions = [
    ...(sku === undefined ? [] : [sql`sku = ${sku}`]),
    ...(location === undefined ? [] : [sql`location = ${location}`]),
    ...inPeriod,
  ];
  const { rows } = await sql<Record<string, Cell | Date>>`
    SELECT ${names(definition.columns)}
    FROM ${source}
    ${conditions.length > 0 ? sql`WHERE ${sql.join(conditions, sql` AND `)}` : sql``}
    ORDER BY ${names(definition.order)}
    LIMIT ${rowsMax}`.execute(database);
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellOf(value)])));
}

/** Returns the source of the rows, and the conditions for rows in the period. */
function periodOf({ view, period }: ReportDefinition, { from, to }: Filter) {
  const days = [from && dayOf(from), to && dayAfter(to)] as const;
  switch (period.of) {
    case "instants":
      return { source: sql.table(view), inPeriod: bounded(period.column, from, to) };
    case "days":
      return { source: sql.table(view), inPeriod: bounded(period.column, ...days) };
    case "all": {
      const bounds = sql.join(days.map((day) => sql`${day ?? null}::date`));
      return { source: sql`${sql.table(period.between)}(${bounds})`, inPeriod: [] };
    }
    default:
      return period satisfies never;
  }
}

const bounded = (column: string, begin: string | undefined, end: string | undefined) => [
  ...(begin === undefined ? [] : [sql`${sql.ref(column)} >= ${begin}`]),
  ...(end === undefined ? [] : [sql`${sql.ref(column)} < ${end}`]),
];

const dayMs = 86_400_000;
/** Returns the day (UTC) of an instant. */
const dayOf = (instant: string): string => instant.slice(0, 10);
/** Returns the first day (UTC) that begins at an instant or later. */
const dayAfter = (instant: string): string =>
  dayOf(new Date(Math.ceil(Date.parse(instant) / dayMs) * dayMs).toISOString());

const names = (columns: readonly string[]): RawBuilder<unknown> => sql.join(columns.map((name) => sql.ref(name)));
const cellOf = (value: Cell | Date): Cell => (value instanceof Date ? value.toISOString() : value);
