const causesMax = 5;

/** Returns the message of an error and of its causes, one line each. */
export function errorWithCauses(error: unknown): string {
  const lines: string[] = [];
  for (let current = error; current !== undefined && lines.length < causesMax; ) {
    lines.push(current instanceof Error ? current.message || current.name : String(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return lines.join("\n  because: ");
}
