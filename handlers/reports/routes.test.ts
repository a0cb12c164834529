import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { routes } from "../../contract/routes.ts";
import { connectedClient, kyselyOf, migratedDatabase, urlAs } from "../../test/support/database.ts";
import { startEtl } from "../../test/support/etl.ts";
import { type GatewayRequest, recordingLog, send } from "../../test/support/gateway-event.ts";
import { recordingMeter } from "../../test/support/meter.ts";
import { type LevelImageOptions, levelImage, streamRecord } from "../../test/support/stream-records.ts";
import { createHttpHandler } from "../runtime/index.ts";
import { reportDefinitions } from "./report-definition.ts";
import { createReportRoutes } from "./routes.ts";

let url: string;
beforeAll(async () => {
  url = await migratedDatabase();
});

/** Opens the reports function as the role app_reader, on the database of this file or on another one. */
function openReports(options: { readonly url?: string; readonly rowsMax?: number } = {}) {
  const database = kyselyOf(urlAs(options.url ?? url, "app_reader"));
  const routes = createReportRoutes({ database, ...(options.rowsMax && { rowsMax: options.rowsMax }) });
  const ports = { clock: Date.now, ids: () => crypto.randomUUID(), log: recordingLog(), meter: recordingMeter() };
  const handler = createHttpHandler({ function: "reports", routes, ...ports });
  const call = (operation: "listReports" | "getReport" | "listMovements", request: GatewayRequest) =>
    send(handler, operation, { token: { scope: "reports:read stock:read" }, ...request });
  return {
    list: () => call("listReports", {}),
    report: (name: string, query: GatewayRequest["query"] = {}) => call("getReport", { parameters: { name }, query }),
    ledger: (sku: string, query: GatewayRequest["query"] = {}) =>
      call("listMovements", { parameters: { sku, location: "north" }, query }),
  };
}

async function change(...levels: readonly LevelImageOptions[]) {
  const etl = await startEtl(url);
  await etl.deliver(levels.map((level) => streamRecord({ newImage: levelImage(level) })));
}

const uniqueSku = () => `SKU-${crypto.randomUUID().slice(0, 8)}`;

describe("listReports", () => {
  it("lists each report with the same columns as its view", async () => {
    const { status, body } = await openReports().list();
    expect(status).toBe(200);
    expect(routes.listReports.answers[200].schema.parse(body)).toEqual(body);
    const client = await connectedClient(url);
    for (const { name, columns } of body.items) {
      const { rows } = await client.query(
        "SELECT array_agg(attname::text ORDER BY attnum) AS columns FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0",
        [reportDefinitions[name as keyof typeof reportDefinitions].view],
      );
      expect(columns).toEqual(rows[0].columns);
    }
  });
});

describe("getReport", () => {
  it("answers stock on hand as JSON", async () => {
    const sku = uniqueSku();
    await change({ sku, onHand: 12, reserved: 4, version: 1, at: "2026-11-20T10:00:00.000Z" });
    const { status, body } = await openReports().report("stock-on-hand", { sku });
    expect(status).toBe(200);
    expect(routes.getReport.answers[200].schema.parse(body)).toEqual(body);
    expect(body).toEqual({
      name: "stock-on-hand",
      asOf: expect.stringMatching(/^2026-/),
      rows: [
        {
          sku,
          location: "north",
          on_hand: 12,
          reserved: 4,
          incoming: 0,
          damaged: 0,
          quality_hold: 0,
          safety: 0,
          available: 8,
          backorder_limit: 0,
          sellable: 8,
          version: 1,
          updated_at: "2026-11-20T10:00:00.000Z",
        },
      ],
    });
  });

  it("answers the ledger as CSV, with a header and ordered by at", async () => {
    const sku = uniqueSku();
    await change(
      { sku, version: 2, at: "2026-11-20T11:00:00.000Z", reason: 'a "dented" box, opened' },
      { sku, version: 1, at: "2026-11-20T10:00:00.000Z" },
    );
    const { status, headers, body } = await openReports().report("movement-ledger", { sku, format: "csv" });
    expect([status, headers["Content-Type"]]).toEqual([200, "text/csv; charset=utf-8"]);
    expect(body.split("\r\n")[0]).toBe(reportDefinitions["movement-ledger"].columns.join(","));
    const rows: Record<string, string>[] = parse(body, { columns: true });
    expect(rows.map(({ version, quantity, reason, at }) => ({ version, quantity, reason, at }))).toEqual([
      { version: "1", quantity: "10", reason: "", at: "2026-11-20T10:00:00.000Z" },
      { version: "2", quantity: "10", reason: 'a "dented" box, opened', at: "2026-11-20T11:00:00.000Z" },
    ]);
  });

  it("filters by sku, location and period (from included, to excluded)", async () => {
    const sku = uniqueSku();
    const at = (hour: number) => `2026-11-20T1${hour}:00:00.000Z`;
    await change(
      ...[0, 1, 2].map((hour) => ({ sku, version: hour + 1, at: at(hour) })),
      { sku, location: "south", at: at(1) },
      { sku: uniqueSku(), at: at(1) },
    );
    const { report } = openReports();
    const found = async (query: GatewayRequest["query"]) =>
      (await report("movement-ledger", query)).body.rows.map((row: { location: string; version: number }) => [
        row.location,
        row.version,
      ]);
    expect(await found({ sku })).toEqual([
      ["north", 1],
      ["north", 2],
      ["south", 1],
      ["north", 3],
    ]);
    expect(await found({ sku, location: "south" })).toEqual([["south", 1]]);
    expect(await found({ sku, from: at(1), to: at(2) })).toEqual([
      ["north", 2],
      ["south", 1],
    ]);
    expect(await found({ sku, from: "2026-11-20T13:00:00.000+01:00", location: "north" })).toEqual([["north", 3]]);
  });

  it("includes each whole day that the period touches (stock-on-hand-daily, sales-by-day)", async () => {
    const sku = uniqueSku();
    await change(
      { sku, version: 1, at: "2026-11-20T10:00:00.000Z" },
      { sku, version: 2, onHand: 7, kind: "fulfil", deltas: { onHand: -3 }, at: "2026-11-21T23:59:59.999Z" },
      { sku, version: 3, onHand: 8, kind: "return", deltas: { onHand: 1 }, at: "2026-11-23T00:00:00.000Z" },
    );
    const { report } = openReports();
    const daily = async (query: GatewayRequest["query"]) =>
      (await report("stock-on-hand-daily", { sku, ...query })).body.rows.map(
        (row: { closed_on: string; on_hand: number }) => [row.closed_on, row.on_hand],
      );
    expect(await daily({ from: "2026-11-20T00:00:00.000Z", to: "2026-11-23T00:00:00.000Z" })).toEqual([
      ["2026-11-20", 10],
      ["2026-11-21", 7],
      ["2026-11-22", 7],
    ]);
    expect(await daily({ from: "2026-11-22T23:59:59.999Z", to: "2026-11-23T00:00:00.001Z" })).toEqual([
      ["2026-11-22", 7],
      ["2026-11-23", 8],
    ]);
    expect(await daily({ location: "south" })).toEqual([]);
    const { body } = await report("sales-by-day", { sku, from: "2026-11-21T12:00:00.000Z" });
    expect(body.rows).toEqual([
      { sold_on: "2026-11-21", sku, location: "north", fulfilled: 3, returned: 0, net: 3 },
      { sold_on: "2026-11-23", sku, location: "north", fulfilled: 0, returned: 1, net: -1 },
    ]);
    expect((await report("sales-by-day", { sku, to: "2026-11-21T00:00:00.000Z" })).body.rows).toEqual([]);
  });

  it("computes over the requested period (sell-through, stockout-rate)", async () => {
    const sku = uniqueSku();
    await change(
      { sku, version: 1, at: "2026-11-20T00:00:00.000Z" },
      { sku, version: 2, onHand: 0, kind: "fulfil", deltas: { onHand: -10 }, at: "2026-11-21T12:00:00.000Z" },
      { sku, version: 3, onHand: 30, deltas: { onHand: 30 }, at: "2026-11-22T00:00:00.000Z" },
      { sku, location: "south", version: 1, at: "2026-11-20T00:00:00.000Z" },
    );
    const { report } = openReports();
    const [first, third, fifth] = [20, 22, 24].map((day) => `2026-11-${day}T00:00:00.000Z`);
    const north = { sku, location: "north" };
    const found = async (name: string, from = "", to = "") => (await report(name, { ...north, from, to })).body.rows;
    expect(await found("sell-through", first, third)).toEqual([
      { ...north, opening: 0, received: 10, sold: 10, sell_through: 1 },
    ]);
    expect(await found("sell-through", third, fifth)).toEqual([
      { ...north, opening: 0, received: 30, sold: 0, sell_through: 0 },
    ]);
    expect(await found("stockout-rate", first, third)).toEqual([
      { ...north, observed_days: 2, stockout_days: 0.5, stockout_rate: 0.25 },
    ]);
    const csv = await report("sell-through", { sku, format: "csv" });
    expect(csv.body.split("\r\n")).toEqual([
      "sku,location,opening,received,sold,sell_through",
      `${sku},north,0,40,10,0.25`,
      `${sku},south,0,10,0,0`,
      "",
    ]);
  });

  it("refuses a report that is too large, and answers no part of it", async () => {
    const sku = uniqueSku();
    await change({ sku, version: 1 }, { sku, version: 2 }, { sku, version: 3 });
    const { status, body } = await openReports({ rowsMax: 2 }).report("movement-ledger", { sku });
    expect([status, body.code, body.errors[0].path]).toEqual([400, "validation_failed", "from"]);
    expect((await openReports({ rowsMax: 3 }).report("movement-ledger", { sku })).status).toBe(200);
  });

  it("refuses an unknown report and an unknown filter", async () => {
    const { report } = openReports();
    expect(await report("stock-value")).toMatchObject({ status: 404, body: { code: "not_found" } });
    const { status, body } = await report("stock-on-hand", { colour: "red", from: "yesterday" });
    expect(status).toBe(400);
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(["colour", "from"]);
  });

  it("answers asOf 1970 for a database without any change", async () => {
    const { body } = await openReports({ url: await migratedDatabase() }).report("stock-on-hand");
    expect(body).toEqual({ name: "stock-on-hand", asOf: "1970-01-01T00:00:00.000Z", rows: [] });
  });

  it("is unavailable while the database is unavailable", async () => {
    const { status, body } = await openReports({ url: "postgresql://any@127.0.0.1:1/none" }).report("stock-on-hand");
    expect([status, body.code]).toEqual([503, "unavailable"]);
  });
});

describe("listMovements", () => {
  it("answers the ledger of a level, newest first, each entry with the level after the change", async () => {
    const sku = uniqueSku();
    await change(
      { sku, version: 1, onHand: 10, at: "2026-11-20T10:00:00.000Z", reason: "restock" },
      {
        sku,
        version: 2,
        onHand: 10,
        reserved: 3,
        kind: "reserve",
        deltas: { reserved: 3 },
        at: "2026-11-20T11:00:00.000Z",
      },
    );
    const { status, body } = await openReports().ledger(sku);
    expect(status).toBe(200);
    expect(routes.listMovements.answers[200].schema.parse(body)).toEqual(body);
    const zeros = { incoming: 0, damaged: 0, qualityHold: 0, safety: 0, backorderLimit: 0 };
    const request = (version: number) => `request-${sku}-north-${version}`;
    const entry = (version: number, at: string) => ({
      id: `${request(version)}-1`,
      version,
      quantity: 10,
      cause: { type: "request", id: request(version) },
      actor: "clerk",
      at,
      occurredAt: at,
    });
    const level = { ...zeros, sku, location: "north", onHand: 10 };
    expect(body).toEqual({
      items: [
        {
          ...entry(2, "2026-11-20T11:00:00.000Z"),
          kind: "reserve",
          deltas: { reserved: 3 },
          level: {
            ...level,
            reserved: 3,
            available: 7,
            sellable: 7,
            version: 2,
            updatedAt: "2026-11-20T11:00:00.000Z",
          },
        },
        {
          ...entry(1, "2026-11-20T10:00:00.000Z"),
          kind: "receive",
          deltas: { onHand: 10 },
          reason: "restock",
          level: {
            ...level,
            reserved: 0,
            available: 10,
            sellable: 10,
            version: 1,
            updatedAt: "2026-11-20T10:00:00.000Z",
          },
        },
      ],
      nextCursor: null,
      asOf: expect.any(String),
    });
  });

  it("answers each entry once over all pages", async () => {
    const sku = uniqueSku();
    await change(...[1, 2, 3, 4, 5].map((version) => ({ sku, version })));
    const { ledger } = openReports();
    const pages: number[][] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { body } = await ledger(sku, { limit: "2", ...(cursor && { cursor }) });
      pages.push(body.items.map(({ version }: { version: number }) => version));
      cursor = body.nextCursor;
    }
    expect(pages).toEqual([[5, 4], [3, 2], [1]]);
  });

  it("is empty for a level that never changed", async () => {
    const { body } = await openReports({ url: await migratedDatabase() }).ledger("NEVER");
    expect(body).toEqual({ items: [], nextCursor: null, asOf: null });
  });

  it("refuses a cursor from another list", async () => {
    const { status, body } = await openReports().ledger("A", { cursor: "bm9uZQ" });
    expect([status, body.errors]).toEqual([400, [{ path: "cursor", message: expect.any(String) }]]);
  });
});
