/** A header or query parameter of the upgrade that an authorizer needs. */
export interface IdentitySource {
  readonly place: "header" | "querystring";
  readonly name: string;
}

const sourcePattern = /^route\.request\.(header|querystring)\.(.+)$/;

/** @throws Error naming a source that is no header and no query parameter */
export function readIdentitySources(authorizer: string, sources: readonly string[]): IdentitySource[] {
  return sources.map((source) => {
    const [, place, name = ""] = sourcePattern.exec(source) ?? [];
    if (place === undefined) throw new Error(`authorizer ${authorizer}: "${source}" is no identity source here`);
    return { place: place === "header" ? "header" : "querystring", name };
  });
}
