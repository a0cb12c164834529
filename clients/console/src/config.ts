/** `config.json`, served next to the page: the settings of a deployment, so that one build serves all deployments. */
export interface ConsoleConfig {
  readonly api: string;
  /** @default none: stock is polled every 2 s */
  readonly websocket?: string;
  readonly issuer: string;
  readonly clientId: string;
  /** The space-separated scopes that the sign-in requests. */
  readonly scope: string;
}

export async function loadConfig(): Promise<ConsoleConfig> {
  const response = await fetch("config.json", { cache: "no-cache" });
  if (!response.ok) throw new Error(`config.json: ${response.status}. ${await response.text()}`);
  const config = (await response.json()) as Record<string, unknown>;
  const text = (name: string): string => {
    const value = config[name];
    if (typeof value !== "string" || value === "") throw new Error(`config.json: "${name}" is missing`);
    return value;
  };
  return {
    api: new URL(text("api"), location.href).href,
    websocket: config.websocket === undefined ? undefined : text("websocket"),
    issuer: text("issuer"),
    clientId: text("clientId"),
    scope: config.scope === undefined ? "openid" : text("scope"),
  };
}
