import { readFileSync } from "node:fs";

/** Import directions between the rooms (see CONTRIBUTING.md). Tests and type-only imports have exceptions below. */
const tests = "\\.(test|fixture|conformance)\\.ts$";
const room = (name, allowed, comment) => ({
  name: `${name.replaceAll("/", "-")}-imports`,
  comment,
  severity: "error",
  from: { path: `^${name}/`, pathNot: tests },
  to: {
    path: "^(main\\.ts|config|contract|modules|handlers|laptop|sql|clients|test|tools)(/|$)",
    pathNot: [`^${name}/`, ...allowed],
  },
});
/** Every folder of handlers/ except the three that functions share. */
const functions = "(?!inventory/|store/|runtime/)[a-z-]+";

/** The files that laptop-cloud's exports name. */
const { exports } = JSON.parse(readFileSync(new URL("../../laptop/package.json", import.meta.url), "utf8"));
const laptopEntries = Object.values(exports).map((file) => `^laptop/${file.slice(2).replaceAll(".", "\\.")}$`);

export default {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-unresolvable",
      comment: "aws-lambda has only types (@types/aws-lambda). The phone's packages are installed by make native.",
      severity: "error",
      from: { pathNot: "^clients/native/[^/]+$" },
      to: { couldNotResolve: true, pathNot: "^aws-lambda$" },
    },
    room("contract", [], "The contract imports nothing from the other rooms."),
    room("handlers/inventory", ["^contract/"], "The core is pure: contract only."),
    room("handlers/store", ["^contract/", "^handlers/inventory/"], "The store sends the core's plans."),
    room("handlers/runtime", ["^contract/", "^handlers/inventory/", "^sql/"], "Shared code imports no function."),
    {
      name: "functions-imports",
      comment:
        "A function imports contract, core, store and runtime; never another function, modules, laptop or clients.",
      severity: "error",
      from: { path: `^handlers/(${functions})/`, pathNot: tests },
      to: {
        path: "^(main\\.ts|config|modules|handlers|laptop|clients|test|tools)(/|$)",
        pathNot: ["^handlers/(inventory|store|runtime)/", "^handlers/$1/"],
      },
    },
    room(
      "modules",
      ["^contract/", "^handlers/.+/environment\\.ts$"],
      "Constructs import only the environment type of a function.",
    ),
    {
      name: "modules-import-environments-as-types",
      severity: "error",
      from: { path: "^modules/", pathNot: tests },
      to: { path: "^handlers/", dependencyTypesNot: ["type-only"] },
    },
    room("config", ["^modules/", "^contract/"], "An environment is data."),
    {
      name: "laptop-imports",
      comment: "The laptop cloud reads cdktf.out and bundles as data. Its tests import nothing from outside either.",
      severity: "error",
      from: { path: "^laptop/" },
      to: { path: "^(main\\.ts|config|contract|modules|handlers|sql|clients|test|tools)(/|$)" },
    },
    {
      name: "laptop-by-its-entries",
      comment: "Other rooms, tests included, import only the exports of laptop/package.json.",
      severity: "error",
      from: { pathNot: "^laptop/" },
      to: { path: "^laptop/", pathNot: laptopEntries },
    },
    {
      name: "laptop-by-its-name",
      comment: "Other rooms import laptop-cloud, never a path into its folder.",
      severity: "error",
      from: { pathNot: "^laptop/" },
      to: { path: "^laptop/", dependencyTypesNot: ["aliased-workspace"] },
    },
    {
      name: "laptop-lists-its-packages",
      comment: "The laptop cloud lists its packages in its own package.json, so that it runs in another project.",
      severity: "error",
      from: { path: "^laptop/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "laptop-runs-without-its-tests-packages",
      severity: "error",
      from: { path: "^laptop/", pathNot: [tests, "^laptop/(testing/|vitest\\.config\\.ts$)"] },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["npm"] },
    },
    room("clients/demo", ["^contract/"], "The demo is a client."),
    {
      name: "sdk-ships-nothing-of-others",
      comment:
        "generate.ts copies types and table from the contract. Shipped code imports only itself, and React in /react.",
      severity: "error",
      from: { path: "^clients/sdk/src/", pathNot: tests },
      to: { pathNot: ["^clients/sdk/src/", "(^|/)react/"] },
    },
    {
      name: "console-is-a-client",
      comment: "The console imports only the SDK's public entries.",
      severity: "error",
      from: { path: "^clients/console/" },
      to: {
        path: "^(config|contract|modules|handlers|laptop|sql|clients|test|tools)/",
        pathNot: ["^clients/console/", "^clients/sdk/(src|dist)/(react/)?index\\."],
      },
    },
    {
      name: "native-is-a-client",
      comment: "The phone app imports only the SDK's public entries.",
      severity: "error",
      from: { path: "^clients/native/" },
      to: {
        path: "^(config|contract|modules|handlers|laptop|sql|clients|test|tools)/",
        pathNot: ["^clients/native/", "^clients/sdk/(src|dist)/(react/|react-native/)?index\\."],
      },
    },
    {
      name: "screen-knows-no-device",
      comment: "src/ runs in a browser too, so phone-only packages are imported only in index.tsx.",
      severity: "error",
      from: { path: "^clients/native/(src|web)/" },
      to: { path: "(^|/)(expo|@react-native-community|react-native-safe-area-context)(/|$)" },
    },
    {
      name: "pure-rooms-import-no-machine",
      comment: "No I/O in contract and core. keys.ts may use createHash, which only computes.",
      severity: "error",
      from: { path: "^(contract|handlers/inventory)/", pathNot: [tests, "^handlers/inventory/keys\\.ts$"] },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "no-provider-barrel",
      comment: "The barrel takes seconds to load: import @cdktf/provider-aws/lib/<resource>/index.js.",
      severity: "error",
      from: {},
      to: { path: "node_modules/@cdktf/provider-aws/lib/index\\.js$" },
    },
    {
      name: "nobody-imports-test",
      severity: "error",
      from: { pathNot: ["^test/", tests, "^vitest\\.config\\.ts$"] },
      to: { path: "^test/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["^(cdktf\\.out|dist|\\.holdfast)/", "^(?!.*node_modules/).*/(cdktf\\.out|dist|\\.holdfast)/"] },
    parser: "swc",
    tsPreCompilationDeps: "specify",
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["holdfast-source", "import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
    },
  },
};
