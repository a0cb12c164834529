/** The strong entity tag of one thing's version. */
export const versionTag = (version: number): string => `"${version}"`;

const opaque = (tag: string): string => tag.trim().replace(/^W\//, "");

/** Weak comparison, as RFC 9110 (section 13.1.2) asks for If-None-Match. */
export function matchesTag(ifNoneMatch: string, tag: string): boolean {
  if (ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((candidate) => opaque(candidate) === opaque(tag));
}

/** The version that `If-Match` names, or undefined when the header is anything else than one version. */
export function parseVersionTag(ifMatch: string): number | undefined {
  const version = /^(?:W\/)?"(0|[1-9][0-9]{0,14})"$/.exec(ifMatch.trim())?.[1];
  return version === undefined ? undefined : Number(version);
}
