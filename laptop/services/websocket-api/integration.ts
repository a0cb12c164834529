import { z } from "zod";
import { LambdaError, type LambdaService } from "../lambda/lambda-service.ts";

const ProxyResponse = z.looseObject({ statusCode: z.coerce.number() });

export interface IntegrationCall {
  readonly functionName: string;
  /** ARN of the route; the function's permissions must name it. */
  readonly sourceArn: string;
  readonly event: object;
}

/** Calls a route's function; gives the status that it answers with, or what went wrong. */
export async function callIntegration(
  lambda: Pick<LambdaService, "invoke" | "permits">,
  { functionName, sourceArn, event }: IntegrationCall,
): Promise<{ readonly status: number } | { readonly fault: string }> {
  if (!lambda.permits({ function: functionName, principal: "apigateway.amazonaws.com", sourceArn })) {
    return { fault: `${sourceArn} has no permission to invoke ${functionName}` };
  }
  try {
    const answer = await lambda.invoke({ function: functionName, payload: JSON.stringify(event) });
    if (answer.functionError) return { fault: `${functionName} failed: ${answer.payload.slice(0, 500)}` };
    const response = ProxyResponse.safeParse(JSON.parse(answer.payload || "null"));
    return response.success
      ? { status: response.data.statusCode }
      : { fault: `${functionName} answered without a statusCode: ${answer.payload.slice(0, 500)}` };
  } catch (error) {
    if (error instanceof LambdaError) return { fault: error.message };
    throw error;
  }
}
