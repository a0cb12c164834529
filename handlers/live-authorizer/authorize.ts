import { createHash, timingSafeEqual } from "node:crypto";
import type { APIGatewayAuthorizerResult } from "aws-lambda";
import { z } from "zod";
import { type Holder, hasExpired, holderOf, type Tickets } from "../runtime/connections/index.ts";
import type { Log } from "../runtime/index.ts";
import { type TokenRules, type VerifyPorts, verifyToken } from "../runtime/tokens/verify-token.ts";

export interface LiveAuthorizerPorts extends VerifyPorts {
  readonly rules: TokenRules;
  readonly tickets: Tickets;
  readonly access: "tickets" | "tokens";
  /** The header that the edge adds, and its secret value. */
  readonly edge: { readonly header: string; readonly secret: string };
  readonly log: Log;
}

const Upgrade = z.looseObject({
  methodArn: z.string(),
  headers: z.record(z.string(), z.string()).nullish(),
  queryStringParameters: z.looseObject({ token: z.string().optional() }).nullish(),
  requestContext: z.looseObject({ requestId: z.string().optional() }).optional(),
});

/** The gateway responds to the upgrade with 401 to exactly this message. */
const unauthorized = () => new Error("Unauthorized");
/** A signed token has dots between its three parts. A ticket has no dots. */
const isToken = (text: string) => text.includes(".");

/**
 * Creates the authorizer of WebSocket connections, which checks `?token=`. It refuses a request that did not come
 * through the edge, without using up its ticket.
 */
export function createLiveAuthorizer(ports: LiveAuthorizerPorts) {
  return async (event: unknown): Promise<APIGatewayAuthorizerResult> => {
    const { methodArn, headers, queryStringParameters, requestContext } = Upgrade.parse(event);
    const found = await authorized(headers ?? {}, queryStringParameters?.token ?? "", ports);
    if ("rejected" in found) {
      ports.log.info("connection refused", { correlation_id: requestContext?.requestId, reason: found.rejected });
      throw unauthorized();
    }
    const statement = { Effect: "Allow" as const, Action: "execute-api:Invoke", Resource: methodArn };
    return {
      principalId: found.subject,
      policyDocument: { Version: "2012-10-17", Statement: [statement] },
      // Values of a context can be neither lists nor objects.
      context: { ...found, scopes: found.scopes.join(" ") },
    };
  };
}

type Found = Holder | { readonly rejected: string };
type Headers = Readonly<Record<string, string>>;

async function authorized(headers: Headers, text: string, ports: LiveAuthorizerPorts): Promise<Found> {
  if (!cameThroughEdge(headers, ports.edge)) return { rejected: "the request did not come through the edge" };
  return isToken(text) ? byToken(text, ports) : byTicket(text, ports);
}

/** Compares digests, which have the same length, so that the time does not depend on where the values differ. */
function cameThroughEdge(headers: Headers, { header, secret }: LiveAuthorizerPorts["edge"]): boolean {
  const shown = Object.entries(headers).find(([name]) => name.toLowerCase() === header.toLowerCase())?.[1] ?? "";
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(shown), digest(secret));
}

async function byTicket(ticket: string, { tickets, clock }: LiveAuthorizerPorts): Promise<Found> {
  const holder = ticket === "" ? undefined : await tickets.take(ticket);
  if (!holder) return { rejected: "the ticket is unknown, used, or older than a minute" };
  return hasExpired(holder, clock()) ? { rejected: "the ticket's token has expired" } : holder;
}

async function byToken(token: string, ports: LiveAuthorizerPorts): Promise<Found> {
  if (ports.access !== "tokens") return { rejected: "only tickets can open a connection" };
  const caller = await verifyToken(token, ports.rules, ports);
  return "rejected" in caller ? caller : holderOf(caller);
}
