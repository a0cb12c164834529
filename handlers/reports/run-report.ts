import { type RawBuilder, sql } from "kysely";
import type { ReportQuery } from "../../contract/report.ts";
import type { Database } from "../runtime/postgres.ts";
import type { Cell } from "./csv.ts";
import type { ReportDefinition } from "./report-definition.ts";

export type ReportRow = Readonly<Record<string, Cell>>;

/** The rows of a report in its order, at most `rowsMax`. */
export async function runReport(
  database: Database,
  { view, columns, period, order }: ReportDefinition,
  { from, to, location, sku }: Omit<ReportQuery, "format">,
  rowsMax: number,
): Promise<readonly ReportRow[]> {
  const filters = [
    ...(sku === undefined ? [] : [sql`sku = ${sku}`]),
    ...(location === undefined ? [] : [sql`location = ${location}`]),
    ...(from === undefined ? [] : [sql`${sql.ref(period)} >= ${from}`]),
    ...(to === undefined ? [] : [sql`${sql.ref(period)} < ${to}`]),
  ];
  const { rows } = await sql<Record<string, Cell | Date>>`
    SELECT ${names(columns)}
    FROM ${sql.table(view)}
    ${filters.length > 0 ? sql`WHERE ${sql.join(filters, sql` AND `)}` : sql``}
    ORDER BY ${names(order)}
    LIMIT ${rowsMax}`.execute(database);
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellOf(value)])));
}

const names = (columns: readonly string[]): RawBuilder<unknown> => sql.join(columns.map((name) => sql.ref(name)));
const cellOf = (value: Cell | Date): Cell => (value instanceof Date ? value.toISOString() : value);
