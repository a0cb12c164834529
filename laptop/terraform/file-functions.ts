import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { TerraformError } from "./errors.ts";
import { type FunctionContext, type FunctionTable, text } from "./function-arguments.ts";
import type { Value } from "./value.ts";

export function readBytes(args: readonly Value[], { folder }: FunctionContext): Buffer {
  const path = text(args, 0);
  try {
    return readFileSync(resolve(folder, path));
  } catch (cause) {
    throw new TerraformError("expression_invalid", `the file ${path} cannot be read`, { cause });
  }
}

export const fileFunctions = {
  abspath: (args, { folder }) => resolve(folder, text(args, 0)),
  basename: (args) => basename(text(args, 0)),
  dirname: (args) => dirname(text(args, 0)),
  file: (args, context) => readBytes(args, context).toString("utf8"),
  filebase64: (args, context) => readBytes(args, context).toString("base64"),
  fileexists: (args, { folder }) => existsSync(resolve(folder, text(args, 0))),
} satisfies FunctionTable;
