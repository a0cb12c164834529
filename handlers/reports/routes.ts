import { limits } from "../../contract/limits.ts";
import type { Refusal } from "../../contract/problem.ts";
import { type Report, ReportName, type ReportQuery } from "../../contract/report.ts";
import { invalid } from "../inventory/index.ts";
import type { Database } from "../runtime/database/database.ts";
import { type RouteHandlers, refuse } from "../runtime/index.ts";
import { toCsv } from "./csv.ts";
import { readAsOf } from "./freshness.ts";
import { fromCursor, readLedger } from "./ledger.ts";
import { reportDefinitions } from "./report-definition.ts";
import { runReport } from "./run-report.ts";

export interface ReportsPorts {
  readonly database: Database;
  /** Rows that a report may have. @default the contract's limit */
  readonly rowsMax?: number;
}

/** Said of a database that has seen no change yet: nothing after this instant is in it. */
const beforeAnyChange = new Date(0).toISOString();

export function createReportRoutes({
  database,
  rowsMax = limits.reportRowsMax,
}: ReportsPorts): RouteHandlers<"reports"> {
  return {
    listReports: async () => ({
      status: 200,
      body: {
        items: ReportName.options.map((name) => {
          const { title, columns } = reportDefinitions[name];
          return { name, title, columns: [...columns] };
        }),
      },
    }),

    getReport: async ({ parameters, query }) => {
      const { success, data: name } = ReportName.safeParse(parameters.name);
      if (!success) return refuse(unknownReport(parameters.name));
      const asOf = (await readAsOf(database)) ?? beforeAnyChange;
      const rows = await runReport(database, reportDefinitions[name], query, rowsMax + 1);
      if (rows.length > rowsMax) return refuse(tooLarge(`more than ${rowsMax} rows`));
      const text = textOf({ name, asOf, rows: [...rows] }, query.format);
      const bytes = bytesAsAnswered(text);
      if (bytes > limits.reportBytesMax)
        return refuse(tooLarge(`${bytes} bytes; at most ${limits.reportBytesMax} fit`));
      return { status: 200, text, contentType: contentTypes[query.format] };
    },

    listMovements: async ({ parameters, query }) => {
      const before = query.cursor === undefined ? undefined : fromCursor(query.cursor);
      if (query.cursor !== undefined && before === undefined) return refuse(foreignCursor);
      return { status: 200, body: await readLedger(database, { ...parameters, limit: query.limit, before }) };
    },
  };
}

const contentTypes = { json: "application/json", csv: "text/csv; charset=utf-8" } as const;

function textOf(report: Report, format: ReportQuery["format"]): string {
  return format === "csv" ? toCsv(reportDefinitions[report.name].columns, report.rows) : JSON.stringify(report);
}

/** A function's answer travels as JSON, its body as one of its strings. */
const bytesAsAnswered = (text: string): number => Buffer.byteLength(JSON.stringify(text));

const unknownReport = (name: string): Refusal => ({
  code: "not_found",
  detail: `There is no report ${name}; there are ${ReportName.options.join(", ")}.`,
});

/** A report is whole or refused: a part of it would be taken for the whole. */
const tooLarge = (size: string): Refusal =>
  invalid([{ path: "from", message: `the report has ${size}; narrow it by from and to, location or sku` }]);

const foreignCursor: Refusal = invalid([
  { path: "cursor", message: "is not a cursor of this list; start without one" },
]);
