import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  // Relative addresses, so that the console can be served below any path.
  base: "./",
  resolve: { conditions: ["holdfast-source", ...defaultClientConditions] },
  build: {
    target: "es2022",
    emptyOutDir: true,
    // Mantine marks its modules for server-side rendering, which the console does not use.
    rolldownOptions: { checks: { moduleLevelDirective: false, pluginTimings: false } },
  },
});
