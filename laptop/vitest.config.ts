import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    globalSetup: ["testing/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
