/** What `aws_lambda_function` says about a function. The name is its id. */
export interface FunctionOptions {
  readonly name: string;
  /** Path of the zip file. It is unpacked once, and again when its content changes. */
  readonly code: { readonly zip: string };
  /** `file.export`, such as `index.handler`. */
  readonly handler: string;
  readonly roleArn: string;
  /** Only Node.js runtimes can run here. @default "nodejs24.x" */
  readonly runtime?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** @default 3 */
  readonly timeoutSeconds?: number;
  /** @default 128 */
  readonly memoryMb?: number;
  /** The most invocations at the same time; more get TooManyRequestsException. -1 or absent: the service's limit. */
  readonly reservedConcurrency?: number;
  /** Gets asynchronous invocations that failed. From `dead_letter_config`. */
  readonly deadLetterArn?: string;
}

export interface FunctionDescription {
  readonly name: string;
  /** `arn:aws:lambda:<region>:<account>:function:<name>` */
  readonly arn: string;
  readonly qualifiedArn: string;
  /** The uri for an API Gateway integration. */
  readonly invokeArn: string;
  readonly version: "$LATEST";
  readonly codeSha256: string;
  readonly codeSize: number;
  readonly lastModified: string;
  /** The function signs its AWS calls with this access key id, so the engines know which function calls. */
  readonly accessKeyId: string;
  readonly roleArn: string;
}

/** What `aws_lambda_permission` says. */
export interface PermissionOptions {
  /** Name or ARN. */
  readonly function: string;
  readonly statementId: string;
  /** @default "lambda:InvokeFunction" */
  readonly action?: string;
  /** Such as `apigateway.amazonaws.com`. */
  readonly principal: string;
  /** May contain `*` and `?`. Absent: any source of the principal. */
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/** What `aws_lambda_function_event_invoke_config` says. */
export interface InvokeConfigOptions {
  /** Name or ARN. */
  readonly function: string;
  /** @default 2 */
  readonly maximumRetryAttempts?: number;
  /** @default 21600 */
  readonly maximumEventAgeSeconds?: number;
  /** SQS queue, SNS topic, S3 bucket or function. */
  readonly onFailureArn?: string;
  readonly onSuccessArn?: string;
}

export type InvocationType = "RequestResponse" | "Event" | "DryRun";

export interface Invocation {
  /** Name, ARN, qualified ARN or invoke ARN. */
  readonly function: string;
  /** JSON text. @default "{}" */
  readonly payload?: string;
  /** @default "RequestResponse" */
  readonly type?: InvocationType;
  /** Part of the context object (`context.clientContext`), as JSON text. */
  readonly clientContext?: string;
}

/** What the Invoke API answers. A function's own error is a value, not an exception. */
export interface InvocationResult {
  readonly statusCode: 200 | 202 | 204;
  readonly requestId: string;
  /** JSON text. For a failed invocation `{errorType, errorMessage, trace?}`. */
  readonly payload: string;
  /** Set when the function threw, timed out or ended its process. */
  readonly functionError?: "Unhandled";
  readonly executedVersion: "$LATEST";
}

/** An invocation could not start. `code` is the name of the Invoke API's exception. */
export class LambdaError extends Error {
  readonly code:
    | "ResourceNotFoundException"
    | "TooManyRequestsException"
    | "InvalidRequestContentException"
    | "InvalidParameterValueException"
    | "RequestTooLargeException";

  constructor(code: LambdaError["code"], message: string) {
    super(message);
    this.name = code;
    this.code = code;
  }
}

/** Who wants to invoke a function, as resource policies name it. */
export interface Caller {
  readonly function: string;
  readonly principal: string;
  readonly sourceArn: string;
}

export interface LambdaService {
  /** Address of the Invoke API (`POST /2015-03-31/functions/{name}/invocations`). */
  readonly endpoint: string;
  /**
   * Creates a function, or changes the one of that name: new invocations go to the new code once it has loaded, running
   * ones finish on the old code. @throws when the new code of an existing function does not load; the old code stays
   */
  createFunction(options: FunctionOptions): Promise<FunctionDescription>;
  /** Running invocations finish. */
  deleteFunction(nameOrArn: string): void;
  describeFunction(nameOrArn: string): FunctionDescription | undefined;
  addPermission(options: PermissionOptions): void;
  removePermission(options: Pick<PermissionOptions, "function" | "statementId">): void;
  putInvokeConfig(options: InvokeConfigOptions): void;
  deleteInvokeConfig(nameOrArn: string): void;
  /** Whether one of the function's permissions lets this caller in. */
  permits(caller: Caller): boolean;
  /** @throws LambdaError when there is no such function, too many invocations run, or the payload is no JSON */
  invoke(invocation: Invocation): Promise<InvocationResult>;
  /** Waits for running invocations (bounded), then ends all workers. */
  stop(): Promise<void>;
}
