/** Returns the strong entity tag for a version. */
export const versionTag = (version: number): string => `"${version}"`;

const opaque = (tag: string): string => tag.trim().replace(/^W\//, "");

/** Compares an `If-None-Match` header with a tag, by the weak comparison of RFC 9110 (section 13.1.2). */
export function matchesTag(ifNoneMatch: string, tag: string): boolean {
  if (ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((candidate) => opaque(candidate) === opaque(tag));
}

/** Returns the version that `If-Match` names; undefined when the header is not exactly one version. */
export function parseVersionTag(ifMatch: string): number | undefined {
  const version = /^(?:W\/)?"(0|[1-9][0-9]{0,14})"$/.exec(ifMatch.trim())?.[1];
  return version === undefined ? undefined : Number(version);
}
