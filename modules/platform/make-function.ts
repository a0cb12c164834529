import type { LambdaFunction, LambdaFunctionProps, Reach } from "../compute/lambda-function.ts";
import type { EnvironmentOf, FunctionName } from "./functions.ts";

/** Makes one of the platform's functions in the service's stack. */
export type MakeFunction = <Name extends FunctionName, FunctionReach extends Reach>(
  name: Name,
  props: Omit<LambdaFunctionProps<EnvironmentOf<Name>, FunctionReach>, "name" | "bundle" | "logDays">,
) => LambdaFunction<EnvironmentOf<Name>, FunctionReach>;

/** Variables that every function has. */
export type CommonVariables = Pick<
  EnvironmentOf<"authorizer">,
  "ENVIRONMENT" | "LOG_LEVEL" | "POWERTOOLS_SERVICE_NAME"
>;
