import type { z } from "zod";
import type { FieldError } from "../../../contract/problem.ts";

type Path = readonly PropertyKey[];

/** Names a field of a body by its JSON Pointer (RFC 6901). */
export const jsonPointer = (path: Path): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** Names a query parameter, path parameter or header by its own name. */
export const plainName = (path: Path): string => path.map(String).join(".");

/** Returns all violations of a schema, with one entry for each unknown field. */
export function fieldErrors(error: z.ZodError, nameOf: (path: Path) => string): FieldError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [{ path: nameOf(issue.path), message: issue.message }];
    return issue.keys.map((key) => ({ path: nameOf([...issue.path, key]), message: "is not a known field" }));
  });
}

/**
 * Returns the fields with characters that the databases cannot store. JSON text has such a character only as an escape,
 * so this walks the value only if the text has one of these escapes.
 */
export function textErrors(json: string, value: unknown): FieldError[] {
  return /\\u(?:0000|d[89a-f])/i.test(json) ? unstorableText(value, []) : [];
}

function unstorableText(value: unknown, path: Path): FieldError[] {
  if (typeof value === "string") {
    const storable = value.isWellFormed() && !value.includes("\0");
    return storable ? [] : [{ path: jsonPointer(path), message: "must not contain U+0000 or half a surrogate pair" }];
  }
  // No schema of the contract is deeper than this, so the schema refuses a deeper body anyway.
  if (typeof value !== "object" || value === null || path.length > 16) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    ...(key.isWellFormed() && !key.includes("\0")
      ? []
      : [{ path: jsonPointer(path), message: "has a name that contains U+0000 or half a surrogate pair" }]),
    ...unstorableText(member, [...path, key]),
  ]);
}
