import { z } from "zod";
import { LambdaError, type LambdaService } from "../lambda/lambda-service.ts";
import type { Route } from "./definition.ts";

const Proxied = z.looseObject({ statusCode: z.coerce.number() });

/** Calls a route's function, which must let this route in; gives the status that it answers with, or what went wrong. */
export async function integrate(
  lambda: Pick<LambdaService, "invoke" | "permits">,
  route: Route,
  sourceArn: string,
  event: object,
): Promise<{ readonly status: number } | { readonly fault: string }> {
  const { functionName } = route;
  if (!lambda.permits({ function: functionName, principal: "apigateway.amazonaws.com", sourceArn })) {
    return { fault: `${sourceArn} has no permission to invoke ${functionName}` };
  }
  try {
    const answer = await lambda.invoke({ function: functionName, payload: JSON.stringify(event) });
    if (answer.functionError) return { fault: `${functionName} failed: ${answer.payload.slice(0, 500)}` };
    const proxied = Proxied.safeParse(JSON.parse(answer.payload || "null"));
    return proxied.success
      ? { status: proxied.data.statusCode }
      : { fault: `${functionName} answered without a statusCode: ${answer.payload.slice(0, 500)}` };
  } catch (error) {
    if (error instanceof LambdaError) return { fault: error.message };
    throw error;
  }
}
