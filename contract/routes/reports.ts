import { z } from "zod";
import { Ledger, LedgerQuery, Report, ReportList, ReportName, ReportQuery } from "../report.ts";
import { type Route, withScope } from "../route.ts";
import { levelPath } from "./parameters.ts";

/** Reads from SQL: the reports, and the ledger of a level. */
export const reportRoutes = {
  listReports: {
    method: "GET",
    path: "/reports",
    summary: "List the reports",
    function: "reports",
    kind: "read",
    rateLimit: "report",
    access: withScope("reports:read"),
    answers: { 200: { description: "Names, titles, columns", schema: ReportList } },
    problems: [],
  },
  getReport: {
    method: "GET",
    path: "/reports/{name}",
    summary: "Run a report, as JSON or CSV",
    function: "reports",
    kind: "read",
    rateLimit: "report",
    access: withScope("reports:read"),
    parameters: z.strictObject({
      name: z
        .string()
        .min(1)
        .max(64)
        .meta({ examples: [...ReportName.options] }),
    }),
    query: ReportQuery,
    answers: { 200: { description: "The rows", schema: Report } },
    problems: ["not_found"],
  },
  listMovements: {
    method: "GET",
    path: "/stock/{sku}/{location}/movements",
    summary: "Read the ledger of a level, newest first",
    function: "reports",
    kind: "read",
    rateLimit: "read",
    access: withScope("stock:read"),
    parameters: levelPath,
    query: LedgerQuery,
    answers: { 200: { description: "A page of the ledger", schema: Ledger } },
    problems: ["item_not_found", "location_not_found"],
  },
} as const satisfies Record<string, Route>;
