import type { ClientBase } from "pg";

/** Runs in a transaction of the schema's owner: the user who connects may become it, and is nothing by itself. */
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
