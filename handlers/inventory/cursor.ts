import { done, type Outcome } from "./outcome.ts";
import { invalid } from "./refusal.ts";

/** Where the next page of a list begins, as the list itself says it. To clients a cursor is opaque. */
export const encodeCursor = (position: string): string => Buffer.from(position).toString("base64url");

/**
 * The position that a cursor stands for; undefined for the first page, for which the cursor is absent or empty. A cursor
 * whose text `parse` does not know (it answers undefined) was made up, cut, or is of another list.
 */
export function decodeCursor<Position>(
  cursor: string | undefined,
  parse: (position: string) => Position | undefined,
): Outcome<Position | undefined> {
  if (!cursor) return done(undefined);
  const text = Buffer.from(cursor, "base64url").toString();
  const position = encodeCursor(text) === cursor ? parse(text) : undefined;
  if (position !== undefined) return done(position);
  return invalid([{ path: "cursor", message: "is not a cursor of this list; start without one" }]);
}
