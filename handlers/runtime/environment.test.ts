import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseEnvironment } from "./environment.ts";
import { functionVariables, TableName } from "./variables.ts";

const Environment = z.object({ ...functionVariables, INVENTORY_TABLE: TableName });
const complete = {
  ENVIRONMENT: "laptop",
  LOG_LEVEL: "INFO",
  POWERTOOLS_SERVICE_NAME: "stock",
  INVENTORY_TABLE: "inventory",
};

describe("parseEnvironment", () => {
  it("returns only the variables that the function declares", () => {
    expect(parseEnvironment(Environment, { ...complete, HOME: "/" })).toEqual(complete);
  });

  it("lists all variables that are missing or wrong, by name", () => {
    const { ENVIRONMENT: _, INVENTORY_TABLE: __, ...rest } = complete;
    expect(() => parseEnvironment(Environment, { ...rest, LOG_LEVEL: "LOUD" })).toThrow(
      /ENVIRONMENT is missing; LOG_LEVEL: .*; INVENTORY_TABLE is missing/,
    );
  });
});
