import { describe, expect, it } from "vitest";
import { connectedClient, migratedDatabase } from "../test/support/database.ts";

const url = await migratedDatabase();

interface Shard {
  /** How long ago the shard's last batch was written. `lagSeconds` is the time between its arrival and that write. */
  readonly movedSecondsAgo: number;
  readonly lagSeconds: number;
  readonly changedAt: string | null;
}

async function asOf(...shards: readonly Shard[]): Promise<string | undefined> {
  const client = await connectedClient(url);
  await client.query("BEGIN");
  for (const [index, { movedSecondsAgo, lagSeconds, changedAt }] of shards.entries()) {
    await client.query(
      `INSERT INTO ops.watermark (consumer, shard_id, sequence_number, moved_at, arrived_at, changed_at)
       VALUES ('etl', $1, '1', now() - $2::interval, now() - $2::interval - $3::interval, $4)`,
      [`shard-${index}`, `${movedSecondsAgo} s`, `${lagSeconds} s`, changedAt],
    );
  }
  const { rows } = await client.query("SELECT as_of FROM reporting.freshness");
  await client.query("ROLLBACK");
  return rows[0].as_of?.toISOString();
}

const [earlier, later] = ["2026-11-20T10:00:00.000Z", "2026-11-20T11:00:00.000Z"];
const keepingUp = { movedSecondsAgo: 1, lagSeconds: 1 };

describe("reporting.freshness", () => {
  it("is the latest change while all shards keep up", async () => {
    expect(await asOf({ ...keepingUp, changedAt: earlier }, { ...keepingUp, changedAt: later })).toBe(later);
  });

  it("is held back by a shard that is catching up", async () => {
    const behind = { movedSecondsAgo: 1, lagSeconds: 600, changedAt: earlier };
    expect(await asOf(behind, { ...keepingUp, changedAt: later })).toBe(earlier);
  });

  it("is not held back by a shard without traffic, which caught up before", async () => {
    const quiet = { movedSecondsAgo: 7_200, lagSeconds: 600, changedAt: earlier };
    expect(await asOf(quiet, { ...keepingUp, changedAt: later })).toBe(later);
  });

  it("ignores a shard without stock changes, and is null before the first change", async () => {
    const none = { ...keepingUp, changedAt: null };
    expect(await asOf(none, { ...keepingUp, changedAt: later })).toBe(later);
    expect(await asOf(none)).toBeUndefined();
    expect(await asOf()).toBeUndefined();
  });
});
