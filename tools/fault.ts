import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repository = resolve(import.meta.dirname, "..");

/** Describes an error of a synthesis as `file:line:column: message`, one per line, which an editor can open. */
export function describeFault(error: unknown, root: string = repository): string {
  const failures = compilerFailures(error);
  if (failures.length > 0) return failures.join("\n");
  if (!(error instanceof Error)) return String(error);
  const place = placeOf(error.stack ?? "", root);
  return place === undefined ? error.message : `${place}: ${error.message}`;
}

/** Returns the errors of esbuild. */
function compilerFailures(error: unknown): string[] {
  if (!(error instanceof Error) || !("errors" in error) || !Array.isArray(error.errors)) return [];
  return error.errors.map(({ text, location }) =>
    location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : String(text),
  );
}

/** Returns the first place in the repository's own code in a stack. A syntax error has its place on the first line. */
function placeOf(stack: string, root: string): string | undefined {
  for (const [, url = "", line, column] of stack.matchAll(/(file:\/\/[^\s()?]+?)(?:\?[^\s():]*)?:(\d+)(?::(\d+))?/g)) {
    const path = relative(root, fileURLToPath(url));
    if (path.startsWith("..") || path.includes("node_modules/")) continue;
    return [path, line, ...(column === undefined ? [] : [column])].join(":");
  }
  return undefined;
}
