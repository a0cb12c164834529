import { LambdaError, type LambdaService } from "../lambda/lambda-service.ts";
import type { GatewayRefusal } from "./gateway-response.ts";

export interface FunctionCall {
  readonly functionName: string;
  /** ARN of the method that calls; the function's permissions must name it. */
  readonly sourceArn: string;
  /** JSON text of the event. */
  readonly payload: string;
  readonly timeoutMs: number;
}

/** Calls the function of a proxy integration, and gives the payload that it returned. */
export async function invokeIntegration(
  lambda: Pick<LambdaService, "invoke" | "permits">,
  { functionName, sourceArn, payload, timeoutMs }: FunctionCall,
): Promise<{ readonly payload: string } | { readonly refusal: GatewayRefusal }> {
  if (!lambda.permits({ function: functionName, principal: "apigateway.amazonaws.com", sourceArn })) {
    const detail = `${sourceArn} has no permission to invoke ${functionName}`;
    return { refusal: { type: "API_CONFIGURATION_ERROR", detail } };
  }
  try {
    const result = await within(timeoutMs, lambda.invoke({ function: functionName, payload }));
    if (result === undefined) return { refusal: { type: "INTEGRATION_TIMEOUT" } };
    if (!result.functionError) return { payload: result.payload };
    const detail = `${functionName} failed: ${result.payload.slice(0, 500)}`;
    return { refusal: { type: "INTEGRATION_FAILURE", detail } };
  } catch (error) {
    if (!(error instanceof LambdaError)) throw error;
    return { refusal: { type: "API_CONFIGURATION_ERROR", detail: `${functionName}: ${error.message}` } };
  }
}

/** Undefined when the work took longer; the function runs on, as on AWS. */
async function within<Value>(waitMs: number, work: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), waitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
