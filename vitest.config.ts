import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{clients,config,contract,handlers,laptop,modules,sql,test,tools}/**/*.test.ts"],
    globalSetup: ["laptop-cloud/testing/setup"],
    // Tests wait for engines more than they compute: on two cores, one worker would leave one of them idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
