import { z } from "zod";
import { type InvocationResult, LambdaError, type LambdaService } from "../lambda/lambda-service.ts";
import type { GatewayRefusal } from "./gateway-response.ts";
import { decide, Policy } from "./policy.ts";
import type { AuthorizerContext } from "./proxy-event.ts";

export type Authorized = { readonly context: AuthorizerContext } | { readonly refusal: GatewayRefusal };

const AuthorizerAnswer = z.looseObject({
  principalId: z.string(),
  policyDocument: Policy,
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
});
export type AuthorizerAnswer = z.output<typeof AuthorizerAnswer>;

type AuthorizerReply = { readonly answer: AuthorizerAnswer } | { readonly refusal: GatewayRefusal };

/** Asks an authorizer's function, whose permissions must let `sourceArn` in. */
export async function askAuthorizer(
  lambda: Pick<LambdaService, "invoke" | "permits">,
  { functionName, sourceArn }: { readonly functionName: string; readonly sourceArn: string },
  event: unknown,
): Promise<AuthorizerReply> {
  if (!lambda.permits({ function: functionName, principal: "apigateway.amazonaws.com", sourceArn })) {
    const detail = `${sourceArn} has no permission to invoke ${functionName}`;
    return { refusal: { type: "AUTHORIZER_CONFIGURATION_ERROR", detail } };
  }
  try {
    return readReply(await lambda.invoke({ function: functionName, payload: JSON.stringify(event) }));
  } catch (error) {
    if (error instanceof LambdaError) return { refusal: { type: "AUTHORIZER_FAILURE", detail: error.message } };
    throw error;
  }
}

/** What an authorizer's policy means for one method. */
export function judge(answer: AuthorizerAnswer, methodArn: string): Authorized {
  const decision = decide(answer.policyDocument, methodArn);
  if (decision === "denied") return { refusal: { type: "ACCESS_DENIED" } };
  if (decision === "denied explicitly") {
    const message = "User is not authorized to access this resource with an explicit deny";
    return { refusal: { type: "ACCESS_DENIED", message } };
  }
  const context = Object.entries(answer.context ?? {}).map(([name, value]) => [name, String(value)]);
  return { context: { ...Object.fromEntries(context), principalId: answer.principalId } };
}

function readReply(result: InvocationResult): AuthorizerReply {
  const payload: unknown = JSON.parse(result.payload || "null");
  if (result.functionError) {
    const { errorMessage } = payload as { errorMessage?: string };
    if (errorMessage === "Unauthorized") return { refusal: { type: "UNAUTHORIZED" } };
    const detail = `the authorizer failed: ${result.payload.slice(0, 500)}`;
    return { refusal: { type: "AUTHORIZER_FAILURE", detail } };
  }
  const answer = AuthorizerAnswer.safeParse(payload);
  if (answer.success) return { answer: answer.data };
  const detail = `the authorizer's answer is not valid: ${z.prettifyError(answer.error)}`;
  return { refusal: { type: "AUTHORIZER_CONFIGURATION_ERROR", detail } };
}
