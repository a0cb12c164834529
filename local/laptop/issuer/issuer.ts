import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { ISSUER_HOST, issuerUrl, signAccessToken, TOKEN_TTL_SECONDS } from "./access-token.ts";
import { ALGORITHM, publicKey, type SigningKey, signingKey } from "./keys.ts";

export interface IssuerOptions {
  readonly keyFile: string;
  readonly port: number;
  readonly audience: string;
}

export interface Issuer {
  readonly url: string;
  stop(): Promise<void>;
}

const TOKEN_PATH = "/oauth2/token";
const KEYS_PATH = "/.well-known/jwks.json";

/**
 * An OpenID Connect issuer for one machine: discovery, keys, and client_credentials for any client with any secret,
 * because whoever reaches the loopback address may be anyone.
 */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const key = await signingKey(options.keyFile);
  const app = fastify({ logger: false, forceCloseConnections: true });
  addRoutes(app, options.audience, key);
  await app.listen({ port: options.port, host: ISSUER_HOST });
  return { url: urlOf(app), stop: () => app.close() };
}

function addRoutes(app: FastifyInstance, audience: string, key: SigningKey): void {
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.get("/.well-known/openid-configuration", () => configuration(urlOf(app)));
  app.get(KEYS_PATH, (_request, reply) => {
    reply.header("cache-control", "public, max-age=60");
    return { keys: [publicKey(key)] };
  });
  app.post(TOKEN_PATH, (request, reply) => answerTokenRequest(request, reply, { issuer: urlOf(app), audience, key }));
}

function configuration(issuer: string) {
  return {
    issuer,
    jwks_uri: `${issuer}${KEYS_PATH}`,
    token_endpoint: `${issuer}${TOKEN_PATH}`,
    grant_types_supported: ["client_credentials"],
    response_types_supported: ["token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: [ALGORITHM],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
  };
}

/** RFC 6749, sections 4.4 and 5. */
async function answerTokenRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { key, ...from }: { readonly issuer: string; readonly audience: string; readonly key: SigningKey },
): Promise<unknown> {
  reply.header("cache-control", "no-store");
  const form = (request.body ?? {}) as Partial<Record<string, string>>;
  if (form.grant_type !== "client_credentials") {
    const error_description = `grant_type is "${form.grant_type ?? ""}"; this issuer knows client_credentials`;
    return reply.code(400).send({ error: "unsupported_grant_type", error_description });
  }
  const client = basicClient(request.headers.authorization) ?? form.client_id;
  if (client === undefined || client === "") {
    const error_description = "client_id is missing: send it in the form or by Basic authentication";
    return reply.code(401).send({ error: "invalid_client", error_description });
  }
  const scope = form.scope ?? "admin";
  const access_token = await signAccessToken(key, { ...from, subject: client, client, scope });
  return { access_token, token_type: "Bearer", expires_in: TOKEN_TTL_SECONDS, scope };
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
