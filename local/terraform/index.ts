export { TerraformError, type TerraformErrorCode } from "./errors.ts";
export { blocksOf, constructPath, readOutput, type StackOutput } from "./output.ts";
export { type AppliedStack, type Applier, applyStack, type Instance, regionOf } from "./stack.ts";
export { memoryState, openState, type State } from "./state.ts";
export { isMap, type Value, type ValueMap } from "./value.ts";
