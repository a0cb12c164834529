import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from "aws-lambda";
import type { Log } from "../runtime/index.ts";
import { type Caller, type TokenRules, type VerifyPorts, verifyToken } from "../runtime/tokens/verify-token.ts";

export interface AuthorizerPorts extends VerifyPorts {
  readonly rules: TokenRules;
  readonly log: Log;
}

/** The gateway responds with 401 to exactly this message. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html */
const unauthorized = () => new Error("Unauthorized");

/**
 * Creates a REQUEST authorizer for routes with and without a token. It allows a request without a token, with no
 * principal: where a token is needed, the gateway and the function refuse such a request.
 */
export function createAuthorizer(ports: AuthorizerPorts) {
  return async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const about = { correlation_id: event.requestContext?.requestId };
    const header = authorizationHeader(event);
    if (header === undefined) {
      ports.log.info("no token", about);
      return allow(event.methodArn, "anonymous");
    }
    const token = /^Bearer +([\w.~+/-]+=*) *$/i.exec(header)?.[1];
    if (token === undefined) throw unauthorized();
    const caller = await verifyToken(token, ports.rules, ports);
    if ("rejected" in caller) {
      ports.log.info("token rejected", { ...about, reason: caller.rejected });
      throw unauthorized();
    }
    ports.log.info("token accepted", { ...about, client: caller.client });
    return { ...allow(event.methodArn, caller.subject), context: contextOf(caller) };
  };
}

function authorizationHeader(event: APIGatewayRequestAuthorizerEvent): string | undefined {
  const entry = Object.entries(event.headers ?? {}).find(([name]) => name.toLowerCase() === "authorization");
  return entry?.[1];
}

/** Returns the context that `runtime/http` reads. Its values can be neither lists nor objects. */
const contextOf = ({ subject, client, scopes, expiresAtSeconds }: Caller) => ({
  sub: subject,
  client,
  scope: scopes.join(" "),
  exp: String(expiresAtSeconds),
});

/** Allows the whole stage, because the gateway caches the policy by token and uses it for other routes too. */
function allow(methodArn: string, principalId: string): APIGatewayAuthorizerResult {
  const [api, stage] = methodArn.split("/");
  const statement = { Effect: "Allow" as const, Action: "execute-api:Invoke", Resource: `${api}/${stage}/*` };
  return { principalId, policyDocument: { Version: "2012-10-17", Statement: [statement] } };
}
