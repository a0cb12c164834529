import { z } from "zod";
import { limits } from "./limits.ts";

/**
 * Query parameters of every list: the number of entries in a page, and `nextCursor` of the previous page. Without a
 * cursor the list starts at its first page.
 */
export const listQuery = {
  limit: z.coerce.number().int().min(1).max(limits.listLimitMax).default(limits.listLimitDefault),
  cursor: z.string().max(2_048).optional(),
};

/** Returns the schema of a page of a list. `nextCursor` is null on the last page. */
export const page = <Entry extends z.ZodType>(entry: Entry) =>
  z.strictObject({ items: z.array(entry), nextCursor: z.string().nullable() });
