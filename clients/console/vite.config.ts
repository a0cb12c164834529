import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  // Served below any path: what is loaded is named relative to the page.
  base: "./",
  resolve: { conditions: ["holdfast-source", ...defaultClientConditions] },
  build: {
    target: "es2022",
    emptyOutDir: true,
    // Mantine marks its modules for servers that render; there is none here.
    rolldownOptions: { checks: { moduleLevelDirective: false, pluginTimings: false } },
  },
});
