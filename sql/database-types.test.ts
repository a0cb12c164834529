import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { migratedDatabase } from "../test/support/database.ts";
import { databaseTypes } from "../tools/database-types.ts";

it("database.generated.ts matches the migrated database (else run: tools/node/node tools/database-types.ts)", async () => {
  const written = readFileSync(new URL("database.generated.ts", import.meta.url), "utf8");
  expect(written).toBe(await databaseTypes(await migratedDatabase()));
});
