import type { ClientBase } from "pg";
import { asOwner } from "./as-owner.ts";

/** The stream may reorder changes; what has not come by then is not on its way. */
const settledInterval = "10 minutes";

/** Levels whose ledger lacks a version, though later ones came some time ago. */
export async function countOpenGaps(client: ClientBase): Promise<number> {
  return asOwner(client, async () => {
    const { rows } = await client.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM ops.gap WHERE closed_at IS NULL AND detected_at < now() - $1::interval",
      [settledInterval],
    );
    return rows[0]?.count ?? 0;
  });
}
