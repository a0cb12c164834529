import { randomBytes } from "node:crypto";
import { askAuthorizer, judge } from "../api-gateway/authorizer-function.ts";
import { type GatewayRequest, headerOf } from "../api-gateway/request.ts";
import type { LambdaService } from "../lambda/lambda-service.ts";
import type { Timers } from "../timers.ts";
import type { ApiParts, ConnectAuthorizer, WebSocketStage } from "./api-parts.ts";
import { type ConnectionFacts, connectEvent, newRequestFacts } from "./events.ts";
import type { IdentitySource } from "./identity-sources.ts";
import { callIntegration } from "./integration.ts";
import { failed, forbidden, isRefusal, tooManyRequests, type UpgradeRefusal, unauthorized } from "./upgrade-refusal.ts";

export interface AdmissionOptions {
  readonly apiId: string;
  readonly executionArn: string;
  readonly parts: ApiParts;
  readonly lambda: Pick<LambdaService, "invoke" | "permits">;
  readonly timers: Timers;
}

type AuthorizerContext = Readonly<Record<string, string>>;

/** Decides who may open a connection: by the stage's limit, then the authorizer, then the function of `$connect`. */
export async function admit(
  options: AdmissionOptions,
  upgrade: GatewayRequest,
  stage: WebSocketStage,
): Promise<UpgradeRefusal | ConnectionFacts> {
  if (stage.bucket?.take() === false) return tooManyRequests;
  const { apiId, executionArn, parts, lambda, timers } = options;
  const id = `${randomBytes(11).toString("base64url")}=`;
  const requested: ConnectionFacts = { id, apiId, stage: stage.name, connectedAt: timers.now(), upgrade };
  const route = parts.route("$connect");
  if (!route) return requested;
  const authorizer = route.authorizer && (await authorize(options, route.authorizer, requested));
  if (authorizer && isRefusal(authorizer)) return authorizer;
  const facts = { ...requested, ...(authorizer && { authorizer }) };
  const result = await callIntegration(lambda, {
    functionName: route.functionName,
    sourceArn: `${executionArn}/${stage.name}/${route.key}`,
    event: connectEvent(facts, newRequestFacts(timers)),
  });
  if ("fault" in result) return failed(result.fault);
  return result.status >= 200 && result.status < 300 ? facts : { status: result.status, message: "Forbidden" };
}

async function authorize(
  { executionArn, parts, lambda, timers }: AdmissionOptions,
  { id, functionName, identitySources }: ConnectAuthorizer,
  facts: ConnectionFacts,
): Promise<UpgradeRefusal | AuthorizerContext> {
  if (!identitySources.every((source) => hasIdentity(facts.upgrade, source))) return unauthorized;
  const methodArn = `${executionArn}/${facts.stage}/$connect`;
  const stageVariables = parts.stage(facts.stage)?.variables ?? {};
  const event = { type: "REQUEST", methodArn, ...connectEvent(facts, newRequestFacts(timers)), stageVariables };
  const sourceArn = `${executionArn}/authorizers/${id}`;
  const reply = await askAuthorizer(lambda, { functionName, sourceArn }, event);
  const judged = "refusal" in reply ? reply : judge(reply.answer, methodArn);
  if ("context" in judged) return judged.context;
  const { type, detail = type } = judged.refusal;
  if (type === "UNAUTHORIZED") return unauthorized;
  return type === "ACCESS_DENIED" ? forbidden : failed(detail);
}

function hasIdentity({ headers, query }: GatewayRequest, { place, name }: IdentitySource): boolean {
  return Boolean(place === "header" ? headerOf(headers, name) : query[name]?.at(-1));
}
