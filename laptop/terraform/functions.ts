import { collectionFunctions } from "./collection-functions.ts";
import { conversionFunctions } from "./conversion-functions.ts";
import { TerraformError } from "./errors.ts";
import { fileFunctions } from "./file-functions.ts";
import type { FunctionContext, FunctionTable } from "./function-arguments.ts";
import { hashFunctions } from "./hash-functions.ts";
import { numberFunctions } from "./number-functions.ts";
import { stringFunctions } from "./string-functions.ts";
import type { Value } from "./value.ts";

const functions: FunctionTable = {
  ...collectionFunctions,
  ...conversionFunctions,
  ...fileFunctions,
  ...hashFunctions,
  ...numberFunctions,
  ...stringFunctions,
};

/** Calls a Terraform function. A function that is not in the table is an error. */
export function callFunction(name: string, args: readonly Value[], context: FunctionContext): Value {
  const plain = name.replace(/^core::/, "");
  const implementation = Object.hasOwn(functions, plain) ? functions[plain] : undefined;
  if (implementation === undefined) {
    throw new TerraformError(
      "function_unknown",
      `the Terraform function ${name}() is not known to the laptop cloud; add it to laptop/terraform/functions.ts or avoid it (known: ${Object.keys(functions).sort().join(", ")})`,
    );
  }
  try {
    return implementation(args, context);
  } catch (error) {
    if (error instanceof TerraformError && !error.message.startsWith(`${name}(): `)) {
      throw new TerraformError(error.code, `${name}(): ${error.message}`, { cause: error });
    }
    throw error;
  }
}
