import { limits } from "../../contract/limits.ts";
import { type Report, ReportName, type ReportQuery } from "../../contract/report.ts";
import { decodeCursor, done, invalid, notFound, type Refused } from "../inventory/index.ts";
import type { Database } from "../runtime/database/database.ts";
import type { RouteHandlers } from "../runtime/index.ts";
import { toCsv } from "./csv.ts";
import { readAsOf } from "./freshness.ts";
import { parseLedgerPosition, readLedger } from "./ledger.ts";
import { reportDefinitions } from "./report-definition.ts";
import { runReport } from "./run-report.ts";

export interface ReportsPorts {
  readonly database: Database;
  /** The most rows of a report. @default the contract's limit */
  readonly rowsMax?: number;
}

/** The `asOf` of a database without any change: nothing after this instant is in it. */
const beforeAnyChange = new Date(0).toISOString();

export function createReportRoutes({
  database,
  rowsMax = limits.reportRowsMax,
}: ReportsPorts): RouteHandlers<"reports"> {
  return {
    listReports: async () => {
      const items = ReportName.options.map((name) => {
        const { title, columns } = reportDefinitions[name];
        return { name, title, columns: [...columns] };
      });
      return done({ status: 200, body: { items } });
    },

    getReport: async ({ parameters, query }) => {
      const { success, data: name } = ReportName.safeParse(parameters.name);
      if (!success) return unknownReport(parameters.name);
      const asOf = (await readAsOf(database)) ?? beforeAnyChange;
      const rows = await runReport(database, reportDefinitions[name], query, rowsMax + 1);
      if (rows.length > rowsMax) return tooLarge(`more than ${rowsMax} rows`);
      const text = textOf({ name, asOf, rows: [...rows] }, query.format);
      const bytes = bytesAsAnswered(text);
      if (bytes > limits.reportBytesMax) return tooLarge(`${bytes} bytes; at most ${limits.reportBytesMax} fit`);
      return done({ status: 200, text, contentType: contentTypes[query.format] });
    },

    listMovements: async ({ parameters, query }) => {
      const before = decodeCursor(query.cursor, parseLedgerPosition);
      if (before.kind === "refused") return before;
      const request = { ...parameters, limit: query.limit, before: before.value };
      return done({ status: 200, body: await readLedger(database, request) });
    },
  };
}

const contentTypes = { json: "application/json", csv: "text/csv; charset=utf-8" } as const;

function textOf(report: Report, format: ReportQuery["format"]): string {
  return format === "csv" ? toCsv(reportDefinitions[report.name].columns, report.rows) : JSON.stringify(report);
}

/** Returns the size of a body in the answer of a function: the answer is JSON, and the body a string in it. */
const bytesAsAnswered = (text: string): number => Buffer.byteLength(JSON.stringify(text));

const unknownReport = (name: string): Refused => notFound(`report ${name}; there are ${ReportName.options.join(", ")}`);

/** Refuses a report that is too large. A part of it is never answered, because a reader would believe it complete. */
const tooLarge = (size: string): Refused =>
  invalid([{ path: "from", message: `the report has ${size}; narrow it by from and to, location or sku` }]);
