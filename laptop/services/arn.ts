export interface Arn {
  readonly text: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  /** Everything after the account, such as `table/orders/stream/2026-01-01`. */
  readonly resource: string;
}

export const parseArn = (text: string): Arn => {
  const [prefix, , service, region, accountId, ...resource] = text.split(":");
  if (prefix !== "arn" || !service || region === undefined || accountId === undefined || resource.length === 0) {
    throw new Error(`"${text}" is not an ARN; expected arn:aws:<service>:<region>:<account>:<resource>`);
  }
  return { text, service, region, accountId, resource: resource.join(":") };
};

/** The name of a function, from its name, ARN, qualified ARN or invoke ARN. */
export const functionNameOf = (reference: string): string => {
  const inner = /\/functions\/(arn:[^/]+)\/invocations$/.exec(reference)?.[1] ?? reference;
  if (!inner.startsWith("arn:")) return inner.split(":")[0] ?? inner;
  const { service, resource } = parseArn(inner);
  const [kind, name] = resource.split(":");
  if (service !== "lambda" || kind !== "function" || !name) throw new Error(`"${reference}" names no Lambda function`);
  return name;
};

/** As in the resources of IAM policies, `*` matches any text and `?` one character. */
export const arnMatches = (pattern: string, value: string): boolean => {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(value);
};
