export { TerraformError } from "./errors.ts";
export { blocksOf, readOutput, type StackOutput } from "./output.ts";
export { type AppliedStack, applyStack, type Instance, regionOf } from "./stack.ts";
export { memoryState, openState, type State } from "./state.ts";
export { equal, type Value, type ValueMap } from "./value.ts";
