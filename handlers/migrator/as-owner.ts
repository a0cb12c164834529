import type { ClientBase } from "pg";

/** Runs `work` in a transaction as the schema's owner. The connected user may become owner, but has no own rights. */
export async function asOwner<Result>(client: ClientBase, work: () => Promise<Result>): Promise<Result> {
  await client.query("BEGIN");
  try {
    await client.query("SET LOCAL ROLE owner");
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}
