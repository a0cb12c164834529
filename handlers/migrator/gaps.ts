import type { ClientBase } from "pg";
import { asOwner } from "./as-owner.ts";

/** The stream may reorder changes. A version that is missing after this time will not arrive. */
const settledInterval = "10 minutes";

/** Counts the levels whose ledger has missed a version for longer than `settledInterval`. */
export async function countOpenGaps(client: ClientBase): Promise<number> {
  return asOwner(client, async () => {
    const { rows } = await client.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM ops.gap WHERE closed_at IS NULL AND detected_at < now() - $1::interval",
      [settledInterval],
    );
    return rows[0]?.count ?? 0;
  });
}
