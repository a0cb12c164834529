import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{clients,contract,handlers,modules,config,local,sql,demo,test,tools}/**/*.test.ts"],
    globalSetup: ["test/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
