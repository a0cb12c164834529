import type { ClientBase } from "pg";
import { asOwner } from "./as-owner.ts";

export interface PartitionReport {
  /** The new partitions, with the number of rows moved into each from the default partition. */
  readonly made: readonly { readonly name: string; readonly movedCount: number }[];
}

/**
 * Makes missing partitions: the month of `todayOn` (YYYY-MM-DD), the next three, and months in the default partition.
 */
export async function makePartitions(client: ClientBase, todayOn: string): Promise<PartitionReport> {
  return asOwner(client, async () => {
    await client.query("SET LOCAL lock_timeout = '10s'");
    const { rows } = await client.query<{ name: string; moved_count: string }>(
      "SELECT partition_name AS name, moved_count FROM audit.make_movement_partitions($1::date)",
      [todayOn],
    );
    return { made: rows.map((row) => ({ name: row.name, movedCount: Number(row.moved_count) })) };
  });
}
