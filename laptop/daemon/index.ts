export type { Change } from "../resources/index.ts";
export { applyOutput } from "./control.ts";
export { portNames } from "./ports.ts";
export { type StatePaths, statePaths } from "./state-folder.ts";
