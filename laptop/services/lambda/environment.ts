import { createHash } from "node:crypto";
import type { FunctionOptions } from "./lambda-service.ts";

/** Lambda's own variables: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
export function functionEnvironment(options: {
  readonly function: FunctionOptions;
  readonly region: string;
  readonly taskRoot: string;
  /** Endpoints of the engines. The function's own variables win over these. */
  readonly shared: Readonly<Record<string, string>>;
}): Record<string, string> {
  const { name, handler, runtime = "nodejs24.x", memoryMb = 128, environment = {} } = options.function;
  const credentials = functionCredentials(options.function.roleArn, name);
  return {
    ...options.shared,
    ...environment,
    _HANDLER: handler,
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "laptop",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    // Otherwise the SDK would read the AWS profile of the machine's user.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    LAMBDA_TASK_ROOT: options.taskRoot,
    LAMBDA_RUNTIME_DIR: "/var/runtime",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    PATH: process.env.PATH ?? "",
  };
}

/** Always the same for a role and function, so that an engine knows the caller by the access key. */
export function functionCredentials(roleArn: string, name: string) {
  const digest = createHash("sha256").update(`${roleArn}\n${name}`).digest("hex").toUpperCase();
  return {
    accessKeyId: `ASIA${digest.slice(0, 16)}`,
    secretAccessKey: digest.slice(0, 40),
    sessionToken: digest.slice(40),
  } as const;
}
