/** Replaces U+0000, which Postgres cannot store in text, with U+FFFD: a changed character is better than a lost row. */
export const storable = (text: string): string => text.replaceAll("\0", "\ufffd").toWellFormed();
