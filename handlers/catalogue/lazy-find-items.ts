import type { z } from "zod";
import { type Bound, lazy } from "../runtime/index.ts";
import type { Environment } from "./environment.ts";
import type { CataloguePorts } from "./routes.ts";

/** Loads the search when it is first used, because nothing else in the catalogue needs PostgreSQL. */
export function lazyFindItems(binding: Bound<z.output<typeof Environment>>): CataloguePorts["findItems"] {
  const search = lazy(async () => {
    const { connectDatabase } = await import("../runtime/database/database.ts");
    const { findItems } = await import("./find-items.ts");
    return { findItems, database: connectDatabase(binding, { queryTimeoutMs: 5_000 }) };
  });
  return async (wanted) => {
    const { findItems, database } = await search();
    return findItems(database, wanted);
  };
}
