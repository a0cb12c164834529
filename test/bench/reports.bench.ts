// Compares reports from the daily rollups with the same reports from a large ledger. Run it with:
// tools/node/node test/bench/reports.bench.ts
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { Kysely, PostgresDialect } from "kysely";
import { startPostgres } from "laptop-cloud/engines";
import { Client, Pool } from "pg";
import type { ReportName } from "../../contract/report.ts";
import { type BatchEntry, writeBatch } from "../../handlers/etl/write-batch.ts";
import type { LevelRecord } from "../../handlers/inventory/index.ts";
import { migrate } from "../../handlers/migrator/migrate.ts";
import { readMigrationFiles } from "../../handlers/migrator/migration-file.ts";
import { reportDefinitions } from "../../handlers/reports/report-definition.ts";
import { runReport } from "../../handlers/reports/run-report.ts";
import { connectionConfig, type Database } from "../../handlers/runtime/database/database.ts";
import type { DB } from "../../sql/database.generated.ts";
import { levelImage, streamRecord } from "../support/stream-records.ts";

const { values } = parseArgs({
  options: { rows: { type: "string", default: "1500000" }, runs: { type: "string", default: "7" } },
});
const dayCount = 90;
const levelCount = 1_000;
const perDay = Math.max(1, Math.round(Number(values.rows) / dayCount / levelCount));
const runCount = Number(values.runs);
const batchRecords = 1_000;
/** The last 30 days of the ledger. */
const period = { from: "2026-08-01T00:00:00.000Z", to: "2026-08-31T00:00:00.000Z" };
const firstAt = "2026-06-02T00:00:00Z";

const folder = mkdtempSync(join(tmpdir(), "reports-bench-"));
const engine = await startPostgres({ folder, storage: "memory", superuser: "master", database: "bench" });
const client = new Client({ ...connectionConfig(addressOf(engine.endpoint)), user: "master" });
const pool = new Pool({ ...connectionConfig(addressOf(engine.endpoint)), user: "master" });
pool.on("error", () => undefined); // The engine may stop before all connections are closed.
const database: Database = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
/**
 * Fills the ledger. Each level changes `perDay` times a day, in cycles of 20: a receipt of 7, eight sales (reserve,
 * then fulfil), a return, and some changes without a quantity. So a level is sometimes out of stock. Rows are stored in
 * order of time, as they would arrive.
 */
async function fill(): Promise<void> {
  await client.query("SELECT audit.make_movement_partitions('2026-06-01', 3)");
  await client.query("ALTER TABLE audit.movement DISABLE TRIGGER movement_roll_up");
  await client.query(
    `INSERT INTO audit.movement (sku, location, version, kind, quantity, on_hand_delta, reserved_delta, incoming_delta,
       damaged_delta, quality_hold_delta, safety_delta, backorder_limit_delta, on_hand, reserved, incoming, damaged,
       quality_hold, safety, backorder_limit, cause_type, cause_id, actor, at, occurred_at, request_id, movement_id)
     SELECT 'SKU-' || level, 'L' || level % 10, version, kind, 1, on_hand_delta, reserved_delta, 0,
       0, 0, 0, 0, sum(on_hand_delta) OVER of_level, sum(reserved_delta) OVER of_level, 0, 0,
       0, 0, 0, 'request', version, 'bench', at, at, version, version || '-1'
     FROM (SELECT level, version, (version + level) % 20 AS place,
         timestamptz '${firstAt}' + (version - 0.5) * interval '1 day' / ${perDay} AS at
       FROM generate_series(1, ${levelCount}) AS level, generate_series(1, ${dayCount * perDay}) AS version) AS step
     CROSS JOIN LATERAL (
       SELECT
         CASE WHEN version = 1 THEN 'receive' WHEN place = 0 THEN 'receive' WHEN place = 19 THEN 'return'
           WHEN place > 16 THEN 'policy' WHEN place % 2 = 1 THEN 'reserve' ELSE 'fulfil' END AS kind) AS k
     CROSS JOIN LATERAL (
       SELECT
         CASE WHEN version = 1 THEN 10 ELSE (CASE kind WHEN 'receive' THEN 7 WHEN 'return' THEN 1 WHEN 'fulfil' THEN -1 ELSE 0 END) END AS on_hand_delta,
         CASE WHEN version = 1 THEN 1 ELSE (CASE kind WHEN 'reserve' THEN 1 WHEN 'fulfil' THEN -1 ELSE 0 END) END AS reserved_delta) AS d
     WINDOW of_level AS (PARTITION BY level ORDER BY version)
     ORDER BY version, level`,
  );
  await client.query("ALTER TABLE audit.movement ENABLE TRIGGER movement_roll_up");
  await client.query(
    `INSERT INTO reporting.stock_level (sku, location, on_hand, reserved, incoming, damaged, quality_hold, safety,
       backorder_limit, version, updated_at)
     SELECT sku, location, on_hand, reserved, 0, 0, 0, 0, 0, version, at
     FROM audit.movement WHERE version = ${dayCount * perDay}`,
  );
  await client.query(
    `INSERT INTO reporting.stock_movement_daily
     SELECT sku, location, (at AT TIME ZONE 'UTC')::date, kind, count(*), sum(on_hand_delta), sum(reserved_delta), 0, 0, 0, 0, 0
     FROM audit.movement GROUP BY 1, 2, 3, 4`,
  );
  await client.query(
    "SELECT reporting.add_to_stock_level_daily(array_agg(movement)) FROM audit.movement GROUP BY sku, location",
  );
  await client.query("VACUUM ANALYZE");
  const { rows } = await client.query(
    `SELECT (SELECT count(*) FROM audit.movement) AS ledger, (SELECT count(*) FROM reporting.stock_movement_daily) AS kinds,
       (SELECT count(*) FROM reporting.stock_level_daily) AS days`,
  );
  console.log(
    `ledger ${rows[0].ledger} rows, rollups ${rows[0].kinds} and ${rows[0].days}; ${availableParallelism()} cores, ${runCount} runs`,
  );
}

/** Queries that compute the rows of the reports from the ledger alone. */
const fromLedger = {
  "stock-on-hand-daily": `
    WITH closing AS (
      SELECT DISTINCT ON (sku, location, closed_on) *
      FROM (SELECT *, (at AT TIME ZONE 'UTC')::date AS closed_on FROM audit.movement WHERE at < '${period.to}') AS movement
      ORDER BY sku, location, closed_on, version DESC
    ), held AS (
      SELECT *, lead(closed_on, 1, '2026-08-31') OVER (PARTITION BY sku, location ORDER BY closed_on) AS next_on FROM closing
    )
    SELECT day::date AS closed_on, sku, location, on_hand, reserved, incoming, damaged, quality_hold, safety, available,
      backorder_limit, sellable
    FROM held CROSS JOIN LATERAL generate_series(closed_on::timestamp, next_on::timestamp - interval '1 day', '1 day') AS day
    WHERE day >= '2026-08-01' ORDER BY 1, 2, 3`,
  "sales-by-day": `
    SELECT (at AT TIME ZONE 'UTC')::date AS sold_on, sku, location,
      coalesce(-sum(on_hand_delta) FILTER (WHERE kind = 'fulfil'), 0) AS fulfilled,
      coalesce(sum(on_hand_delta) FILTER (WHERE kind = 'return'), 0) AS returned, -sum(on_hand_delta) AS net
    FROM audit.movement
    WHERE kind IN ('fulfil', 'return') AND at >= '${period.from}' AND at < '${period.to}'
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  "sell-through": `
    SELECT sku, location, opening, received, sold, round(sold / nullif(opening + received, 0), 4)::float8 AS sell_through
    FROM (
      SELECT sku, location, sum(on_hand_delta) FILTER (WHERE at < '${period.from}') AS opening,
        coalesce(sum(on_hand_delta) FILTER (WHERE at >= '${period.from}' AND kind = 'receive'), 0)::numeric AS received,
        coalesce(-sum(on_hand_delta) FILTER (WHERE at >= '${period.from}' AND kind IN ('fulfil', 'return')), 0)::numeric AS sold
      FROM audit.movement WHERE at < '${period.to}' GROUP BY sku, location
    ) AS level ORDER BY sku, location`,
  "stockout-rate": `
    SELECT sku, location, round(sum(ms) / 86400000, 4)::float8 AS observed_days,
      round(coalesce(sum(ms) FILTER (WHERE sellable <= 0), 0) / 86400000, 4)::float8 AS stockout_days,
      round(coalesce(sum(ms) FILTER (WHERE sellable <= 0), 0) / sum(ms), 4)::float8 AS stockout_rate
    FROM (
      SELECT sku, location, sellable, 1000 * extract(epoch FROM
        lead(at, 1, '${period.to}') OVER (PARTITION BY sku, location ORDER BY version) - greatest(at, '${period.from}')) AS ms
      FROM audit.movement WHERE at < '${period.to}'
    ) AS held WHERE ms > 0 GROUP BY sku, location ORDER BY sku, location`,
} as const satisfies Partial<Record<ReportName, string>>;

async function compareReports(): Promise<void> {
  for (const [name, text] of Object.entries(fromLedger) as [keyof typeof fromLedger, string][]) {
    const rolled = () => runReport(database, reportDefinitions[name], period, 100_000);
    const raw = async () => (await client.query(text)).rows;
    const same = isDeepStrictEqual(numbered(await rolled()), numbered(await raw()));
    const times = await interleaved({ rolled, raw });
    const ratio = times.raw / times.rolled;
    console.log(
      `${name}: ${times.rolled.toFixed(1)} ms from the rollups, ${times.raw.toFixed(1)} ms from the ledger, ratio ${ratio.toFixed(1)}; ${same ? "the same rows" : "OTHER ROWS"}`,
    );
    if (!same) process.exitCode = 1;
  }
}

/** Converts sums of integers, which PostgreSQL returns as text, to numbers. */
const numbered = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  rows.map((row) => Object.values(row).map((value) => (/^-?\d+$/.test(String(value)) ? Number(value) : value)));

/** Measures what the trigger of reporting.stock_level_daily costs the ETL. */
async function compareIngestion(): Promise<void> {
  let at = Date.parse(period.to);
  let version = dayCount * perDay;
  const write = async (trigger: "ENABLE" | "DISABLE") => {
    await client.query(`ALTER TABLE audit.movement ${trigger} TRIGGER movement_roll_up`);
    version += 1;
    at += 60_000;
    const batch: BatchEntry[] = Array.from({ length: batchRecords }, (_, index) => {
      const newImage = levelImage({
        sku: `SKU-${index + 1}`,
        location: `L${(index + 1) % 10}`,
        version,
        at: new Date(at).toISOString(),
      });
      return {
        record: streamRecord({ newImage }),
        change: { kind: "level", after: newImage as unknown as LevelRecord },
      };
    });
    return () => writeBatch(database, batch);
  };
  const times: Record<"with" | "without", number[]> = { with: [], without: [] };
  for (let run = 0; run < 3 * runCount; run += 1) {
    times.with.push(await timed(await write("ENABLE")));
    times.without.push(await timed(await write("DISABLE")));
  }
  const [withIt, without] = [median(times.with), median(times.without)];
  console.log(
    `ETL, ${batchRecords} changes of as many levels: ${withIt.toFixed(1)} ms with the daily rollup of levels, ${without.toFixed(1)} ms without, ratio ${(without / withIt).toFixed(2)}`,
  );
}

async function interleaved<Name extends string>(
  cases: Readonly<Record<Name, () => Promise<unknown>>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(cases) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let run = 0; run < runCount; run += 1) for (const name of names) times[name].push(await timed(cases[name]));
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Name, number>;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

function addressOf(url: string) {
  const { hostname, port, pathname } = new URL(url);
  return { host: hostname, port: Number(port), database: pathname.slice(1), tls: "off" } as const;
}

try {
  await client.connect();
  await migrate(client, await readMigrationFiles(join(import.meta.dirname, "../../sql/migrations")));
  await fill();
  await compareReports();
  await compareIngestion();
} finally {
  await client.end();
  await database.destroy();
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
}
