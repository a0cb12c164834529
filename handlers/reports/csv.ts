export type Cell = string | number | null;

/** Writes CSV by RFC 4180, with a header. Null is an empty field; an empty text is `""`. */
export function toCsv(columns: readonly string[], rows: readonly Readonly<Record<string, Cell>>[]): string {
  const lines = rows.map((row) => columns.map((column) => field(row[column] ?? null)).join(","));
  return [columns.map(field).join(","), ...lines, ""].join("\r\n");
}

function field(cell: Cell): string {
  if (cell === null) return "";
  const text = String(cell);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
