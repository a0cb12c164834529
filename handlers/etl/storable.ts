/** Postgres has no U+0000 in text: it becomes U+FFFD, for a ledger without the row would be further from the truth. */
export const storable = (text: string): string => text.replaceAll("\0", "\ufffd").toWellFormed();
