import { TerraformError } from "./errors.ts";

/** A fully known Terraform value. Sets are arrays without duplicates. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };
export type ValueMap = { readonly [key: string]: Value };

export function isMap(value: Value): value is ValueMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function kindOf(value: Value): string {
  if (value === null) return "null";
  if (isList(value)) return "list";
  return isMap(value) ? "object" : typeof value;
}

function conversion(value: Value, wanted: string): TerraformError {
  return new TerraformError("expression_invalid", `a ${wanted} is required here, got ${describe(value)}`);
}

/** A short text for messages, which must not contain whole documents. */
export function describe(value: Value): string {
  const text = JSON.stringify(value);
  return `${kindOf(value)} ${text.length > 60 ? `${text.slice(0, 57)}...` : text}`;
}

/** Terraform converts between string, number and bool where it needs one of them. */
export function toText(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw conversion(value, "string");
}

export function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) return Number(value);
  throw conversion(value, "number");
}

export function toBoolean(value: Value): boolean {
  if (typeof value === "boolean") return value;
  if (value === "true") return true;
  if (value === "false") return false;
  throw conversion(value, "bool");
}

export function toList(value: Value): readonly Value[] {
  if (isList(value)) return value;
  throw conversion(value, "list");
}

export function toMap(value: Value): ValueMap {
  if (isMap(value)) return value;
  throw conversion(value, "map");
}

export function equal(left: Value, right: Value): boolean {
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((item, index) => equal(item, right[index] ?? null));
  }
  if (isMap(left) && isMap(right)) {
    const keys = Object.keys(left);
    if (keys.length !== Object.keys(right).length) return false;
    return keys.every((key) => Object.hasOwn(right, key) && equal(left[key] ?? null, right[key] ?? null));
  }
  return left === right;
}

export function distinct(values: readonly Value[]): Value[] {
  const kept: Value[] = [];
  const keys = new Set<string>();
  for (const value of values) {
    const key = encode(value);
    if (!keys.has(key)) kept.push(value);
    keys.add(key);
  }
  return kept;
}

/** The JSON of Terraform's jsonencode: keys sorted, `<`, `>` and `&` escaped. */
export function encode(value: Value): string {
  return JSON.stringify(sorted(value)).replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function sorted(value: Value): Value {
  if (isList(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key] ?? null)]),
  );
}
