/** Names and values alternate, as in Node's `rawHeaders`: order, case and repetition are kept. */
export type RawHeaders = readonly string[];

/** All values of a name, joined with commas; undefined when there is none. */
export function headerValue(headers: RawHeaders, lowerName: string): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() !== lowerName) continue;
    const value = headers[index + 1] ?? "";
    found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
}

export function filtered(headers: RawHeaders, keep: (lowerName: string) => boolean): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? "";
    if (keep(name.toLowerCase())) kept.push(name, headers[index + 1] ?? "");
  }
  return kept;
}

/** The headers with those of `more`, which replace headers of the same names. */
export function overridden(headers: RawHeaders, more: readonly (readonly [string, string])[]): string[] {
  if (more.length === 0) return [...headers];
  const names = new Set(more.map(([name]) => name.toLowerCase()));
  return [...filtered(headers, (name) => !names.has(name)), ...more.flat()];
}

/** Headers that are about one connection only. */
export const hopByHop: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
