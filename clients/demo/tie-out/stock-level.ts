import type { Pool } from "pg";
import { z } from "zod";
import { columnOf, quantityNames, recordOf } from "../../../contract/quantity.ts";
import { type LevelState, levelName } from "./levels.ts";

const number = z.coerce.number();
const Row = z.object({
  sku: z.string(),
  location: z.string(),
  version: number,
  quantities: z.object(recordOf(quantityNames, () => number)),
});

const pairs = quantityNames.map((name) => `'${name}', ${columnOf(name)}`).join(", ");
const query = `SELECT sku, location, version, json_build_object(${pairs}) AS quantities FROM reporting.stock_level`;

/** Reads every level of reporting.stock_level. */
export async function readStockLevels(pool: Pool): Promise<Map<string, LevelState>> {
  const { rows } = await pool.query<Record<string, unknown>>(query);
  return new Map(rows.map((row) => Row.parse(row)).map((level) => [levelName(level), level]));
}
