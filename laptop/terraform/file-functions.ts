import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { TerraformError } from "./errors.ts";
import { type FunctionContext, type FunctionTable, textArgument } from "./function-arguments.ts";
import type { Value } from "./value.ts";

export function readBytes(args: readonly Value[], { folder }: FunctionContext): Buffer {
  const path = textArgument(args, 0);
  try {
    return readFileSync(resolve(folder, path));
  } catch (cause) {
    throw new TerraformError("expression_invalid", `the file ${path} cannot be read`, { cause });
  }
}

export const fileFunctions = {
  abspath: (args, { folder }) => resolve(folder, textArgument(args, 0)),
  basename: (args) => basename(textArgument(args, 0)),
  dirname: (args) => dirname(textArgument(args, 0)),
  file: (args, context) => readBytes(args, context).toString("utf8"),
  filebase64: (args, context) => readBytes(args, context).toString("base64"),
  fileexists: (args, { folder }) => existsSync(resolve(folder, textArgument(args, 0))),
} satisfies FunctionTable;
