import type { ClientBase } from "pg";

export interface PartitionReport {
  /** Partitions made now, with the number of rows moved into each from the default partition. */
  readonly made: readonly { readonly name: string; readonly movedCount: number }[];
}

/** Makes the ledger's missing months: that of `todayOn` (YYYY-MM-DD), the next three, and any found in the default partition. */
export async function makePartitions(client: ClientBase, todayOn: string): Promise<PartitionReport> {
  await client.query("BEGIN");
  try {
    await client.query("SET LOCAL ROLE owner");
    await client.query("SET LOCAL lock_timeout = '10s'");
    const { rows } = await client.query<{ name: string; moved_count: string }>(
      "SELECT partition_name AS name, moved_count FROM audit.make_movement_partitions($1::date)",
      [todayOn],
    );
    await client.query("COMMIT");
    return { made: rows.map((row) => ({ name: row.name, movedCount: Number(row.moved_count) })) };
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}
