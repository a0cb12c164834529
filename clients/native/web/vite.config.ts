import { join } from "node:path";
import { defaultClientConditions, defineConfig } from "vite";

/** The repository's packages, of which `react-native` is react-native-web; `make native` installs a device's nearer by. */
const packages = join(import.meta.dirname, "../../../node_modules");

/** The app's screen in a browser, where it is tested. */
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
