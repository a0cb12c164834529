import type { ConsoleConfig } from "../config.ts";

export interface Session {
  readonly token: string;
  readonly subject: string;
  readonly endsAtMs: number;
}

interface Pending {
  readonly state: string;
  readonly verifier: string;
  readonly page: string;
}

const sessionKey = "holdfast.session";
const pendingKey = "holdfast.sign-in";

/** Returns the session, which is stored for this tab only and ends with it. */
export function currentSession(): Session | undefined {
  const session = read<Session>(sessionKey);
  return session !== undefined && session.endsAtMs > Date.now() ? session : undefined;
}

export function endSession(): void {
  sessionStorage.removeItem(sessionKey);
}

/** Opens the issuer's sign-in page (authorization code flow with PKCE). */
export async function startSignIn(config: ConsoleConfig): Promise<void> {
  const { authorization_endpoint } = await discover(config.issuer);
  const pending: Pending = { state: randomText(), verifier: randomText(), page: location.hash };
  sessionStorage.setItem(pendingKey, JSON.stringify(pending));
  const url = new URL(authorization_endpoint);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: config.clientId,
    redirect_uri: redirectUri(),
    scope: config.scope,
    state: pending.state,
    code_challenge: base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(pending.verifier))),
    code_challenge_method: "S256",
  }).toString();
  location.assign(url);
}

/** Completes the sign-in when the issuer has redirected to this page. */
export async function finishSignIn(config: ConsoleConfig): Promise<void> {
  const query = new URLSearchParams(location.search);
  const pending = read<Pending>(pendingKey);
  if (!query.has("state") && !query.has("code")) return;
  sessionStorage.removeItem(pendingKey);
  history.replaceState(null, "", redirectUri() + (pending?.page ?? ""));
  const code = query.get("code");
  if (code === null) throw new Error(`The issuer refused: ${query.get("error_description") ?? query.get("error")}`);
  // Ignores an answer to a sign-in that this tab did not start.
  if (pending === undefined || query.get("state") !== pending.state) return;
  const { token_endpoint } = await discover(config.issuer);
  const response = await fetch(token_endpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code,
      client_id: config.clientId,
      redirect_uri: redirectUri(),
      code_verifier: pending.verifier,
    }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`The issuer refused: ${answer.error_description ?? answer.error}`);
  const token = String(answer.access_token);
  const session: Session = {
    token,
    subject: subjectOf(token),
    endsAtMs: Date.now() + Number(answer.expires_in) * 1_000,
  };
  sessionStorage.setItem(sessionKey, JSON.stringify(session));
}

async function discover(issuer: string): Promise<{ authorization_endpoint: string; token_endpoint: string }> {
  const response = await fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (!response.ok) throw new Error(`The issuer ${issuer} answered with status ${response.status}`);
  return response.json();
}

/** Reads the subject for display only. The API verifies the token. */
function subjectOf(token: string): string {
  try {
    const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    return String((JSON.parse(atob(payload)) as { sub?: unknown }).sub ?? "someone");
  } catch {
    return "someone";
  }
}

const redirectUri = () => location.origin + location.pathname;
const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(32)).buffer);

function base64url(bytes: ArrayBuffer): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function read<Value>(key: string): Value | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(key) ?? "null") as Value | null) ?? undefined;
  } catch {
    return undefined;
  }
}
