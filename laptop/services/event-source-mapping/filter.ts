import { compilePattern, type Json } from "../event-pattern.ts";

/** A record passes when one of the patterns matches it, or when there are no patterns. */
export function compileFilter(patterns: readonly string[] | undefined): (record: Json) => boolean {
  if (!patterns || patterns.length === 0) return () => true;
  const matchers = patterns.map((pattern) => compilePattern(parsePattern(pattern)));
  return (record) => matchers.some((matches) => matches(record));
}

function parsePattern(pattern: string): Json {
  try {
    return JSON.parse(pattern) as Json;
  } catch (cause) {
    throw new Error(`filter pattern ${pattern} is not JSON`, { cause });
  }
}

/** The value of a text that is JSON, so that patterns reach into it; else the text. */
export function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
