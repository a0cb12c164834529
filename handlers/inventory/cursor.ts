import { done, type Outcome } from "./outcome.ts";
import { invalid } from "./refusal.ts";

/** Encodes where the next page of a list begins. Each list has its own form of position; clients see an opaque text. */
export const encodeCursor = (position: string): string => Buffer.from(position).toString("base64url");

/**
 * Decodes a cursor to its position. An absent or empty cursor gives undefined, which means the first page. Refuses a
 * cursor when `parse` returns undefined for its text: the cursor is invented, cut off, or from another list.
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
