import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { z } from "zod";
import {
  type AccessTokenClaims,
  issuerHost,
  issuerUrl,
  signAccessToken,
  signIdToken,
  tokenTtlSeconds,
} from "./access-token.ts";
import { AuthorizationRequest, createCodes, redirectTo } from "./authorization-code.ts";
import { algorithm, publicKey, type SigningKey, signingKey } from "./keys.ts";
import { refusalPage, signInPage } from "./sign-in-page.ts";

export interface IssuerOptions {
  readonly keyFile: string;
  readonly port: number;
  readonly audience: string;
}

export interface Issuer {
  readonly url: string;
  /** A token for the issuer's audience, valid for 12 hours. */
  accessToken(claims: Omit<AccessTokenClaims, "issuer" | "audience">): Promise<string>;
  stop(): Promise<void>;
}

const tokenPath = "/oauth2/token";
const authorizationPath = "/oauth2/authorize";
const keysPath = "/.well-known/jwks.json";

type Codes = ReturnType<typeof createCodes>;
type Form = Partial<Record<string, string>>;

interface TokenSigner {
  readonly issuer: string;
  readonly audience: string;
  readonly key: SigningKey;
  readonly codes: Codes;
}

/**
 * An OpenID Connect issuer for one machine: discovery, keys, client_credentials for any client with any secret, and
 * the authorization code flow with PKCE for pages, where any user name can sign in, because everybody who reaches the
 * loopback address is trusted.
 */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const key = await signingKey(options.keyFile);
  const app = fastify({ logger: false, forceCloseConnections: true });
  addRoutes(app, options.audience, key);
  await app.listen({ port: options.port, host: issuerHost });
  const { audience } = options;
  const url = urlOf(app);
  return {
    url,
    accessToken: (claims) => signAccessToken(key, { ...claims, issuer: url, audience }),
    stop: () => app.close(),
  };
}

function addRoutes(app: FastifyInstance, audience: string, key: SigningKey): void {
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  // Pages of any origin may request tokens. The form of the request decides about a token, never a cookie.
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("access-control-allow-origin", "*");
  });
  const codes = createCodes();
  app.get(authorizationPath, (request, reply) => askWhoSignsIn(request.query, reply));
  app.post(authorizationPath, (request, reply) => signIn(request.body, reply, codes));
  app.get("/.well-known/openid-configuration", () => configuration(urlOf(app)));
  app.get(keysPath, (_request, reply) => {
    reply.header("cache-control", "public, max-age=60");
    return { keys: [publicKey(key)] };
  });
  app.post(tokenPath, (request, reply) =>
    answerTokenRequest(request, reply, { issuer: urlOf(app), audience, key, codes }),
  );
}

function configuration(issuer: string) {
  return {
    issuer,
    jwks_uri: `${issuer}${keysPath}`,
    token_endpoint: `${issuer}${tokenPath}`,
    authorization_endpoint: `${issuer}${authorizationPath}`,
    grant_types_supported: ["client_credentials", "authorization_code"],
    response_types_supported: ["code"],
    code_challenge_methods_supported: ["S256"],
    scopes_supported: ["openid"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: [algorithm],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
  };
}

function askWhoSignsIn(query: unknown, reply: FastifyReply): FastifyReply {
  reply
    .header("cache-control", "no-store")
    .header("content-security-policy", "frame-ancestors 'none'")
    .type("text/html");
  const request = AuthorizationRequest.safeParse(query);
  if (!request.success) return reply.code(400).send(refusalPage(z.prettifyError(request.error)));
  return reply.send(signInPage(request.data, authorizationPath));
}

const SignIn = AuthorizationRequest.extend({ subject: z.string().trim().min(1).max(128) });

function signIn(body: unknown, reply: FastifyReply, codes: Codes): FastifyReply {
  reply.header("cache-control", "no-store");
  const form = SignIn.safeParse(body);
  if (!form.success)
    return reply
      .code(400)
      .type("text/html")
      .send(refusalPage(z.prettifyError(form.error)));
  const { subject, ...request } = form.data;
  const code = codes.issue({ request, subject, scope: request.scope });
  return reply.code(303).header("location", redirectTo(request, { code })).send();
}

/** RFC 6749, sections 4.1.3, 4.4 and 5. */
async function answerTokenRequest(request: FastifyRequest, reply: FastifyReply, from: TokenSigner): Promise<unknown> {
  reply.header("cache-control", "no-store");
  const form = (request.body ?? {}) as Form;
  if (form.grant_type === "authorization_code") return answerCode(form, reply, from);
  if (form.grant_type === "client_credentials") return answerClient(form, request.headers.authorization, reply, from);
  const error_description = `grant_type is "${form.grant_type ?? ""}"; this issuer knows client_credentials and authorization_code`;
  return reply.code(400).send({ error: "unsupported_grant_type", error_description });
}

async function answerCode(form: Form, reply: FastifyReply, { issuer, audience, key, codes }: TokenSigner) {
  const grant = codes.redeem(form);
  if (grant === undefined) {
    const error_description =
      "the code is unknown, used or older than a minute, or client_id, redirect_uri or code_verifier are not those it was asked with";
    return reply.code(400).send({ error: "invalid_grant", error_description });
  }
  const { subject, scope, request } = grant;
  const client = request.client_id;
  const access_token = await signAccessToken(key, { issuer, audience, subject, client, scope });
  const id_token = await signIdToken(key, { issuer, subject, client, nonce: request.nonce });
  return { access_token, id_token, token_type: "Bearer", expires_in: tokenTtlSeconds, scope };
}

async function answerClient(
  form: Form,
  authorization: string | undefined,
  reply: FastifyReply,
  { issuer, audience, key }: TokenSigner,
) {
  const client = basicClient(authorization) ?? form.client_id;
  if (client === undefined || client === "") {
    const error_description = "client_id is missing: send it in the form or by Basic authentication";
    return reply.code(401).send({ error: "invalid_client", error_description });
  }
  const scope = form.scope ?? "admin";
  const access_token = await signAccessToken(key, { issuer, audience, subject: client, client, scope });
  return { access_token, token_type: "Bearer", expires_in: tokenTtlSeconds, scope };
}

function basicClient(authorization: string | undefined): string | undefined {
  if (!authorization?.startsWith("Basic ")) return undefined;
  const [client = ""] = Buffer.from(authorization.slice("Basic ".length), "base64").toString("utf8").split(":");
  return client;
}

function urlOf(app: FastifyInstance): string {
  const address = app.server.address();
  if (address === null || typeof address === "string") throw new Error("the issuer does not listen on a port yet");
  return issuerUrl(address.port);
}
