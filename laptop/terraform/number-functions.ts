import { type FunctionTable, listArgument, numberArgument, textArgument } from "./function-arguments.ts";
import { toNumber } from "./value.ts";

export const numberFunctions = {
  abs: (args) => Math.abs(numberArgument(args, 0)),
  ceil: (args) => Math.ceil(numberArgument(args, 0)),
  floor: (args) => Math.floor(numberArgument(args, 0)),
  max: (args) => Math.max(...args.map(toNumber)),
  min: (args) => Math.min(...args.map(toNumber)),
  parseint: (args) => Number.parseInt(textArgument(args, 0), numberArgument(args, 1)),
  sum: (args) => listArgument(args, 0).reduce<number>((total, value) => total + toNumber(value), 0),
} satisfies FunctionTable;
