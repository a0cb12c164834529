import type { Selection } from "./edge-service.ts";

/** A test of names: whether the selection includes one. */
export function selects(selection: Selection, options: { readonly ignoreCase?: boolean } = {}) {
  const fold = (name: string) => (options.ignoreCase ? name.toLowerCase() : name);
  if (selection.kind === "none") return () => false;
  if (selection.kind === "all") return () => true;
  const names = new Set(selection.names.map(fold));
  const isWanted = selection.kind === "only";
  return (name: string): boolean => names.has(fold(name)) === isWanted;
}

/** The header names that a selection lists, in lower case; none when it does not list what it includes. */
export function selectedNames(selection: Selection): string[] {
  return selection.kind === "only" ? selection.names.map((name) => name.toLowerCase()) : [];
}

/** The pairs of a query or a cookie header whose name is kept, as sent and in their order. */
export function keptPairs(text: string, separator: "&" | ";", keep: (name: string) => boolean): string {
  if (text === "") return "";
  return text
    .split(separator)
    .filter((pair) => keep(nameOf(pair.trim())))
    .join(separator)
    .trim();
}

function nameOf(pair: string): string {
  const at = pair.indexOf("=");
  return at < 0 ? pair : pair.slice(0, at);
}
