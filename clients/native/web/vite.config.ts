import { join } from "node:path";
import { defaultClientConditions, defineConfig } from "vite";

/**
 * The repository's packages, where `react-native` is react-native-web. `make native` installs the device's packages
 * into clients/native, which would be found first.
 */
const packages = join(import.meta.dirname, "../../../node_modules");

/** Builds the app's screen for a browser, where it is tested. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  resolve: {
    conditions: ["holdfast-source", ...defaultClientConditions],
    alias: Object.fromEntries(["react", "react-dom", "react-native"].map((name) => [name, join(packages, name)])),
  },
  build: {
    target: "es2022",
    emptyOutDir: true,
    rolldownOptions: { checks: { moduleLevelDirective: false, pluginTimings: false } },
  },
});
