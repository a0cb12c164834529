import {
  at,
  type FunctionTable,
  invalid,
  listArgument,
  mapArgument,
  numberArgument,
  textArgument,
} from "./function-arguments.ts";
import {
  distinct,
  equal,
  isList,
  isMap,
  toBoolean,
  toList,
  toMap,
  toText,
  type Value,
  type ValueMap,
} from "./value.ts";

/** By Unicode code point: the order of sort() and of the keys of maps. */
const ascending = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

function flatten(value: Value): readonly Value[] {
  return isList(value) ? value.flatMap(flatten) : [value];
}

function length(value: Value): number {
  if (typeof value === "string") return [...value].length;
  return isMap(value) ? Object.keys(value).length : toList(value).length;
}

function isEmpty(value: Value): boolean {
  return value === null || value === "";
}

function coalesce(values: readonly Value[]): Value {
  const found = values.find((value) => !isEmpty(value));
  if (found === undefined) throw invalid("every argument is null or empty");
  return found;
}

function lookup(args: readonly Value[]): Value {
  const key = textArgument(args, 1);
  const found = mapArgument(args, 0)[key];
  if (found !== undefined) return found;
  if (args.length < 3) throw invalid(`the key ${JSON.stringify(key)} is missing and no default is given`);
  return at(args, 2);
}

function element(args: readonly Value[]): Value {
  const items = listArgument(args, 0);
  const index = numberArgument(args, 1);
  if (items.length === 0) throw invalid("the list is empty");
  return items[((index % items.length) + items.length) % items.length] ?? null;
}

function zipmap(args: readonly Value[]): Value {
  const keys = listArgument(args, 0).map(toText);
  const values = listArgument(args, 1);
  if (keys.length !== values.length) throw invalid(`got ${keys.length} keys and ${values.length} values`);
  return Object.fromEntries(keys.map((key, index) => [key, values[index] ?? null]));
}

function keys(value: Value): string[] {
  return Object.keys(toMap(value)).sort(ascending);
}

function range(args: readonly Value[]): Value {
  const [start, end] =
    args.length === 1 ? [0, numberArgument(args, 0)] : [numberArgument(args, 0), numberArgument(args, 1)];
  const step = args.length > 2 ? numberArgument(args, 2) : start <= end ? 1 : -1;
  const count = Math.max(0, Math.ceil((end - start) / step));
  if (!(count <= 1024)) throw invalid("a range has at most 1,024 values");
  return Array.from({ length: count }, (_, index) => start + index * step);
}

function slice(args: readonly Value[]): Value {
  return listArgument(args, 0).slice(numberArgument(args, 1), numberArgument(args, 2));
}

export const collectionFunctions = {
  alltrue: (args) => listArgument(args, 0).every(toBoolean),
  anytrue: (args) => listArgument(args, 0).some(toBoolean),
  coalesce,
  coalescelist: (args) => args.find((value) => toList(value).length > 0) ?? [],
  compact: (args) => listArgument(args, 0).filter((value) => !isEmpty(value)),
  concat: (args) => args.flatMap(toList),
  contains: (args) => listArgument(args, 0).some((value) => equal(value, at(args, 1))),
  distinct: (args) => distinct(listArgument(args, 0)),
  element,
  flatten: (args) => flatten(listArgument(args, 0)),
  index: (args) => {
    const found = listArgument(args, 0).findIndex((value) => equal(value, at(args, 1)));
    if (found < 0) throw invalid("the value is not in the list");
    return found;
  },
  keys: (args) => keys(at(args, 0)),
  length: (args) => length(at(args, 0)),
  lookup,
  merge: (args) => Object.assign({}, ...args.filter((value) => value !== null).map(toMap)) as ValueMap,
  one: (args) => {
    const items = listArgument(args, 0);
    if (items.length > 1) throw invalid(`the list has ${items.length} values, at most one is allowed`);
    return items[0] ?? null;
  },
  range,
  reverse: (args) => listArgument(args, 0).toReversed(),
  setunion: (args) => distinct(args.flatMap(toList)),
  slice,
  sort: (args) => listArgument(args, 0).map(toText).sort(ascending),
  values: (args) => keys(at(args, 0)).map((key) => mapArgument(args, 0)[key] ?? null),
  zipmap,
} satisfies FunctionTable;
