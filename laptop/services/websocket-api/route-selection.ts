/** The key of the route that a message is for: the text at `$request.body.<path>` in it, else `$default`. */
export function routeKeyOf(selectionExpression: string, text: string): string {
  const path = /^\$request\.body\.([\w.]+)$/.exec(selectionExpression)?.[1];
  if (path === undefined) {
    throw new Error(`"${selectionExpression}" selects no route here; write $request.body.<field>`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "$default";
  }
  for (const name of path.split(".")) {
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  }
  return typeof value === "string" ? value : "$default";
}
