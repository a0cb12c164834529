import { expect, it } from "vitest";
import { columnOf, quantities, quantityNames, recordOf } from "../contract/quantity.ts";
import { connectedClient, migratedDatabase } from "../test/support/database.ts";

interface GeneratedSum {
  readonly table: string;
  readonly sum: "available" | "sellable";
  readonly expression: string;
}

it("available and sellable count each quantity with the sign that the contract gives it", async () => {
  const client = await connectedClient(await migratedDatabase());
  const { rows } = await client.query<GeneratedSum>(`
    SELECT table_schema || '.' || table_name AS "table", column_name AS sum, generation_expression AS expression
    FROM information_schema.columns
    WHERE is_generated = 'ALWAYS' AND column_name IN ('available', 'sellable')`);
  expect(new Set(rows.map(({ table }) => table))).toContain("reporting.stock_level");
  for (const { table, sum, expression } of rows) {
    const signs: Record<string, number> = {};
    for (const name of quantityNames) {
      const level = quantityNames.map((each) => `${each === name ? 1 : 0} AS ${columnOf(each)}`).join(", ");
      const { rows: found } = await client.query<{ sign: number }>(
        `SELECT ${expression} AS sign FROM (SELECT ${level}) AS level`,
      );
      signs[name] = found[0]?.sign ?? Number.NaN;
    }
    expect(signs, `${table}.${sum}`).toEqual(recordOf(quantityNames, (name) => quantities[name][sum]));
  }
});
