import { randomUUID } from "node:crypto";
import { TerraformError } from "./errors.ts";
import { at, type FunctionTable, listArgument, mapArgument, textArgument } from "./function-arguments.ts";
import { describe, distinct, encode, toBoolean, toNumber, toText, type Value } from "./value.ts";

function decode(source: string): Value {
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw new TerraformError("expression_invalid", `${describe(source)} is not JSON`, { cause });
  }
}

export const conversionFunctions = {
  base64decode: (args) => Buffer.from(textArgument(args, 0), "base64").toString("utf8"),
  base64encode: (args) => Buffer.from(textArgument(args, 0)).toString("base64"),
  jsondecode: (args) => decode(textArgument(args, 0)),
  jsonencode: (args) => encode(at(args, 0)),
  nonsensitive: (args) => at(args, 0),
  sensitive: (args) => at(args, 0),
  tobool: (args) => (at(args, 0) === null ? null : toBoolean(at(args, 0))),
  tolist: (args) => listArgument(args, 0),
  tomap: (args) => mapArgument(args, 0),
  tonumber: (args) => (at(args, 0) === null ? null : toNumber(at(args, 0))),
  toset: (args) => distinct(listArgument(args, 0)),
  tostring: (args) => (at(args, 0) === null ? null : toText(at(args, 0))),
  urlencode: (args) =>
    encodeURIComponent(textArgument(args, 0))
      .replaceAll("%20", "+")
      .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
  uuid: () => randomUUID(),
} satisfies FunctionTable;
