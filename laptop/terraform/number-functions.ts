import { type FunctionTable, list, number, text } from "./function-arguments.ts";
import { toNumber } from "./value.ts";

export const numberFunctions = {
  abs: (args) => Math.abs(number(args, 0)),
  ceil: (args) => Math.ceil(number(args, 0)),
  floor: (args) => Math.floor(number(args, 0)),
  max: (args) => Math.max(...args.map(toNumber)),
  min: (args) => Math.min(...args.map(toNumber)),
  parseint: (args) => Number.parseInt(text(args, 0), number(args, 1)),
  sum: (args) => list(args, 0).reduce<number>((total, value) => total + toNumber(value), 0),
} satisfies FunctionTable;
