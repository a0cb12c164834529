import type { LocationId, Sku } from "../../contract/identifiers.ts";
import type { Level } from "../../contract/level.ts";
import { toLevel } from "../inventory/index.ts";
import { createLevelReader } from "./level-reader.ts";
import type { StorePorts } from "./ports.ts";
import { createTableReader } from "./table-reader.ts";
import { startDeadline } from "./timing.ts";

/**
 * Returns a function that reads the levels of an item from the table, consistently: all levels, or the one at a
 * location. A level that never changed is left out. It is for functions that send no commands and have no other table.
 */
export function createLevelSnapshot(
  ports: Pick<StorePorts, "dynamoDb" | "clock" | "random" | "wait"> & { readonly table: string },
): (sku: Sku, location?: LocationId) => Promise<readonly Level[]> {
  return async (sku, location) => {
    const reader = createTableReader(ports, startDeadline(ports, ports.clock()));
    const levels = createLevelReader(reader, ports.table);
    const consistent = { consistent: true };
    if (location === undefined) return (await levels.ofItem(sku, consistent)).map((record) => toLevel(record, record));
    const record = await levels.one({ sku, location }, consistent);
    return record ? [toLevel(record, record)] : [];
  };
}
