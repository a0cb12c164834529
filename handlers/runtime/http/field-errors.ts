import type { z } from "zod";
import type { FieldError } from "../../../contract/problem.ts";

type Path = readonly PropertyKey[];

/** RFC 6901. */
export const jsonPointer = (path: Path): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** A query parameter, path parameter or header is named as it is. */
export const plainName = (path: Path): string => path.map(String).join(".");

/** All violations of a schema; one entry for each unknown field. */
export function fieldErrors(error: z.ZodError, nameOf: (path: Path) => string): FieldError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [{ path: nameOf(issue.path), message: issue.message }];
    return issue.keys.map((key) => ({ path: nameOf([...issue.path, key]), message: "is not known here" }));
  });
}

/** Characters that the databases behind cannot hold, found only when the text escapes one: a scan of every body is spared. */
export function textErrors(json: string, value: unknown): FieldError[] {
  return /\\u(?:0000|d[89a-f])/i.test(json) ? unstorableText(value, []) : [];
}

function unstorableText(value: unknown, path: Path): FieldError[] {
  if (typeof value === "string") {
    const storable = value.isWellFormed() && !value.includes("\0");
    return storable ? [] : [{ path: jsonPointer(path), message: "must not hold U+0000 or half a surrogate pair" }];
  }
  // Deeper than any schema of the contract goes; such a body is refused by its schema.
  if (typeof value !== "object" || value === null || path.length > 16) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    ...(key.isWellFormed() && !key.includes("\0")
      ? []
      : [{ path: jsonPointer(path), message: "has a name that holds U+0000 or half a surrogate pair" }]),
    ...unstorableText(member, [...path, key]),
  ]);
}
