import type { FunctionFactory } from "./function-factory.ts";

/** Makes the consumers of the inventory table's change stream: one writes to PostgreSQL, one to the cache. */
export function openFeeds(factory: FunctionFactory): void {
  feedDatabase(factory);
  refreshCache(factory);
}

/** Writes changes of levels and reservations into the ledger and the reports. */
function feedDatabase(factory: FunctionFactory): void {
  const { changes, quarantine, database } = factory.foundation;
  const etl = factory.make("etl", {
    description: "Ledger and levels into PostgreSQL",
    reach: "private",
    timeoutSeconds: 60,
    memoryMb: 1_024,
    database: "etl",
    environment: { QUARANTINE_BUCKET: quarantine.name },
  });
  database.allowConnect(etl, "etl");
  quarantine.grantWrite(etl);
  changes.consumedBy(etl, { onFailure: quarantine, batchSize: 1_000, batchSeconds: 1 });
}

/** Writes changes of levels into their copies in the cache. */
function refreshCache(factory: FunctionFactory): void {
  const { changes, quarantine, cache } = factory.foundation;
  const refresher = factory.make("cache-refresher", {
    description: "Changes of levels into the cache",
    reach: "private",
    timeoutSeconds: 60,
    environment: factory.cache,
  });
  cache.allowConnect(refresher);
  changes.consumedBy(refresher, {
    onFailure: quarantine,
    batchSize: 1_000,
    filters: [{ data: { dynamodb: { NewImage: { type: { S: ["level"] } } } } }],
  });
}
