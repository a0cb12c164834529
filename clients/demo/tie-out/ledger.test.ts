import { Pool } from "pg";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { connectedClient, migratedDatabase, urlAs } from "../../../test/support/database.ts";
import { type LedgerStep, readLedger } from "./ledger.ts";
import { zeros } from "./levels.ts";
import { readStockLevels } from "./stock-level.ts";

let url: string;
beforeAll(async () => {
  url = await migratedDatabase();
});

/** 4,000 receipts of 2 at each of three levels: more than two pages, page ends within a level. */
const versionCount = 4_000;
const insertMovements = `
  INSERT INTO audit.movement (sku, location, version, kind, quantity, on_hand_delta, reserved_delta, incoming_delta,
    damaged_delta, quality_hold_delta, safety_delta, backorder_limit_delta, on_hand, reserved, incoming, damaged,
    quality_hold, safety, backorder_limit, cause_type, cause_id, actor, at, occurred_at, request_id, movement_id)
  SELECT sku, 'LEEDS', version, 'receive', 2, 2, 0, 0, 0, 0, 0, 0, version * 2, 0, 0, 0, 0, 0, 0, 'request', 'r', 'ann',
    timestamptz '2026-11-30 23:59:00+00' + version * interval '10 milliseconds', now(), 'r', 'r-1'
  FROM unnest(ARRAY['a', 'A', 'B-1']) AS sku, generate_series(1, ${versionCount}) AS version
  WHERE NOT (sku = 'B-1' AND version = 3000)`;

function reporter(): Pool {
  const pool = new Pool({ connectionString: urlAs(url, "reporter"), max: 1 });
  onTestFinished(() => pool.end());
  return pool;
}

describe("readLedger", () => {
  it("adds up every level across pages and months, and reports a missing version", async () => {
    const owner = await connectedClient(url);
    await owner.query(insertMovements);
    const steps = new Map<string, readonly LedgerStep[]>();
    let rowCount = 0;
    const levels = await readLedger(reporter(), {
      wantsSteps: (name) => name === "A at LEEDS",
      onLevel: (name, found) => steps.set(name, [...found]),
      onRows: (count) => {
        rowCount += count;
      },
    });
    expect(rowCount).toBe(3 * versionCount - 1);
    expect([...levels.keys()]).toEqual(["A at LEEDS", "B-1 at LEEDS", "a at LEEDS"]);
    const whole = { version: versionCount, quantities: { ...zeros(), onHand: 2 * versionCount }, fellShort: false };
    expect(levels.get("A at LEEDS")).toEqual({ ...whole, problems: [] });
    expect(levels.get("a at LEEDS")).toEqual({ ...whole, problems: [] });
    expect(levels.get("B-1 at LEEDS")?.problems[0]).toBe("version 3000 is missing in audit.movement");
    expect([...steps.keys()]).toEqual(["A at LEEDS"]);
    expect(steps.get("A at LEEDS")?.[1]).toEqual({
      version: 2,
      kind: "receive",
      atMs: Date.parse("2026-11-30T23:59:00.020Z"),
      deltas: { ...zeros(), onHand: 2 },
      after: { ...zeros(), onHand: 4 },
    });
  });
});

describe("readStockLevels", () => {
  it("reads every level with all its quantities", async () => {
    const owner = await connectedClient(url);
    await owner.query(`
      INSERT INTO reporting.stock_level (sku, location, on_hand, reserved, incoming, damaged, quality_hold, safety,
        backorder_limit, version, updated_at)
      VALUES ('A', 'LEEDS', 1, 2, 3, 4, 5, 6, 1000000000, 8, now())`);
    const quantities = {
      onHand: 1,
      reserved: 2,
      incoming: 3,
      damaged: 4,
      qualityHold: 5,
      safety: 6,
      backorderLimit: 1_000_000_000,
    };
    expect([...(await readStockLevels(reporter()))]).toEqual([
      ["A at LEEDS", { sku: "A", location: "LEEDS", version: 8, quantities }],
    ]);
  });
});
