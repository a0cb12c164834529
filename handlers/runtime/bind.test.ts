import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { bind, bindUnmetered } from "./bind.ts";
import { functionVariables, quarantineVariable } from "./variables.ts";

const Environment = z.object({ ...functionVariables, ...quarantineVariable });
const variables = { ENVIRONMENT: "laptop", LOG_LEVEL: "INFO", POWERTOOLS_SERVICE_NAME: "etl" };

function setVariables(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value);
}

describe.each([
  ["bind", bind],
  ["bindUnmetered", bindUnmetered],
])("%s", (_, bindFunction) => {
  afterEach(() => vi.unstubAllEnvs());

  it("returns the variables that the schema declares, with the values of the process", () => {
    setVariables({ ...variables, QUARANTINE_BUCKET: "wrong-records" });
    expect(bindFunction(Environment).environment).toEqual({ ...variables, QUARANTINE_BUCKET: "wrong-records" });
  });

  it("throws when a variable is missing (QUARANTINE_BUCKET)", () => {
    setVariables(variables);
    expect(() => bindFunction(Environment)).toThrow("QUARANTINE_BUCKET is missing");
  });
});
