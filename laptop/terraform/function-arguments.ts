import { TerraformError } from "./errors.ts";
import { toList, toMap, toNumber, toText, type Value, type ValueMap } from "./value.ts";

export type FunctionContext = {
  /** Folder of the stack's cdk.tf.json: paths are relative to it. */
  readonly folder: string;
};
export type TerraformFunction = (args: readonly Value[], context: FunctionContext) => Value;
/** Functions by their name in Terraform. */
export type FunctionTable = Readonly<Record<string, TerraformFunction>>;

export function invalid(message: string): TerraformError {
  return new TerraformError("expression_invalid", message);
}

export function at(args: readonly Value[], index: number): Value {
  const value = args[index];
  if (value === undefined) throw invalid(`argument ${index + 1} is missing`);
  return value;
}

export const textArgument = (args: readonly Value[], index: number): string => toText(at(args, index));
export const numberArgument = (args: readonly Value[], index: number): number => toNumber(at(args, index));
export const listArgument = (args: readonly Value[], index: number): readonly Value[] => toList(at(args, index));
export const mapArgument = (args: readonly Value[], index: number): ValueMap => toMap(at(args, index));
