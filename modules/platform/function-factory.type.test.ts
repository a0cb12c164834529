import { describe, expectTypeOf, it } from "vitest";
import type { FunctionFactory, PlatformFunction } from "./function-factory.ts";

/** Never called: only the compiler reads it. */
function uses(factory: FunctionFactory): void {
  const common = { description: "", reach: "private" } as const;
  const tables = { INVENTORY_TABLE: "inventory", REQUESTS_TABLE: "requests" } as const;
  factory.make("expiry", { ...common, environment: { ...tables, EXPIRY_QUEUE_URL: "https://queue" } });
  // @ts-expect-error EXPIRY_QUEUE_URL is missing
  factory.make("expiry", { ...common, environment: tables });
  // @ts-expect-error the list has no such function
  factory.make("expiries", { ...common, environment: tables });
  factory.make("search-indexer", { ...common, environment: {}, database: "indexer" });
  // @ts-expect-error it logs in to the database, but names no user
  factory.make("search-indexer", { ...common, environment: {} });
  // @ts-expect-error it does not log in to the database
  factory.make("expiry-sweep", { ...common, environment: tables, database: "etl" });
}

describe("FunctionFactory", () => {
  it("requires every variable that it does not add itself, and keeps the placement in the type", () => {
    expectTypeOf(uses).returns.toBeVoid();
    expectTypeOf<PlatformFunction<"stock", "private">["reach"]>().toEqualTypeOf<"private">();
  });
});
