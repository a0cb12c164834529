import { App } from "cdktf";
import { describe, expect, it } from "vitest";
import { environments } from "../../config/environments.ts";
import { emptyBundles, temporaryFolder } from "../synthesized.fixture.ts";
import { EnvironmentStack } from "./environment-stack.ts";
import { Foundation } from "./foundation.ts";
import { FunctionFactory } from "./function-factory.ts";

function made(): FunctionFactory {
  const [environment] = environments;
  if (!environment) throw new Error("config/ has no environment");
  const app = new App({ outdir: temporaryFolder() });
  const foundation = new Foundation(app, "foundation", environment);
  const stack = new EnvironmentStack(app, "service", environment);
  return new FunctionFactory(stack, { environment, foundation, bundles: emptyBundles() });
}

describe("FunctionFactory", () => {
  it("refuses a function that logs in to the database when migratedBy was not called before", () => {
    const indexer = { description: "", reach: "private", database: "indexer", environment: {} } as const;
    expect(() => made().make("search-indexer", indexer)).toThrow(
      "search-indexer logs in to the database. Call migrateDatabase before it is made",
    );
  });

  it("refuses to list all functions when some are not made, and names those", () => {
    expect(() => made().all()).toThrow(
      /no part makes migrator, .*authorizer\. Make it in a file of modules\/platform\//,
    );
  });
});
