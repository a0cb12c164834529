import { createHash } from "node:crypto";
import { z } from "zod";

const codeTtlMs = 60_000;
const codesMax = 1_000;
const loopbackHosts = new Set(["127.0.0.1", "localhost", "[::1]"]);

const RedirectUri = z
  .url()
  .refine(
    (text) => loopbackHosts.has(new URL(text).hostname),
    "must be an address of this machine (127.0.0.1, localhost or [::1]): the issuer lets anyone sign in as anyone",
  );

/** RFC 6749, section 4.1.1, with PKCE (RFC 7636), because clients are pages, which cannot keep a secret. */
export const AuthorizationRequest = z.object({
  response_type: z.literal("code"),
  client_id: z.string().min(1),
  redirect_uri: RedirectUri,
  scope: z.string().default("openid"),
  state: z.string().optional(),
  nonce: z.string().optional(),
  code_challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/, "must be the base64url SHA-256 of the verifier"),
  code_challenge_method: z.literal("S256"),
});
export type AuthorizationRequest = z.infer<typeof AuthorizationRequest>;

export interface Grant {
  readonly request: AuthorizationRequest;
  readonly subject: string;
  readonly scope: string;
}

/** Authorization codes. Each is redeemed once, by the client that knows the verifier. */
export function createCodes(now: () => number = Date.now) {
  const grants = new Map<string, Grant & { readonly endsAtMs: number }>();
  return {
    issue(grant: Grant): string {
      const [oldest] = grants.keys();
      if (grants.size >= codesMax && oldest !== undefined) grants.delete(oldest);
      const code = crypto.randomUUID();
      grants.set(code, { ...grant, endsAtMs: now() + codeTtlMs });
      return code;
    },
    /** The grant; undefined when any part of the request does not match it. */
    redeem(form: Partial<Record<string, string>>): Grant | undefined {
      const grant = grants.get(form.code ?? "");
      grants.delete(form.code ?? "");
      if (grant === undefined || grant.endsAtMs < now()) return undefined;
      const challenge = createHash("sha256")
        .update(form.code_verifier ?? "")
        .digest("base64url");
      const { request } = grant;
      const fits =
        challenge === request.code_challenge &&
        form.client_id === request.client_id &&
        form.redirect_uri === request.redirect_uri;
      return fits ? grant : undefined;
    },
  };
}

/** The address to which the browser is redirected. */
export function redirectTo({ redirect_uri, state }: AuthorizationRequest, answer: Record<string, string>): string {
  const url = new URL(redirect_uri);
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  if (state !== undefined) url.searchParams.set("state", state);
  return url.href;
}
