import type { LambdaFunction, LambdaFunctionProps, Reach } from "../compute/lambda-function.ts";
import type { FunctionEnvironments, FunctionName } from "./functions.ts";

/** Makes one of the platform's functions in the service's stack. */
export type MakeFunction = <Name extends FunctionName, FunctionReach extends Reach>(
  name: Name,
  props: Omit<LambdaFunctionProps<FunctionEnvironments[Name], FunctionReach>, "name" | "bundle" | "logDays">,
) => LambdaFunction<FunctionEnvironments[Name], FunctionReach>;

/** Variables that every function has. */
export type CommonVariables = Pick<
  FunctionEnvironments["authorizer"],
  "ENVIRONMENT" | "LOG_LEVEL" | "POWERTOOLS_SERVICE_NAME"
>;
