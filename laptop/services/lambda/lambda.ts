import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { functionNameOf } from "../arn.ts";
import type { ServiceContext } from "../context.ts";
import { createDeliver } from "../delivery.ts";
import { closeServer, listen } from "../listen.ts";
import { type AsyncInvocation, createAsyncInvocations } from "./async-invocations.ts";
import { unpackBundle } from "./bundle.ts";
import { functionCredentials, functionEnvironment } from "./environment.ts";
import { startInstance } from "./instance.ts";
import { createInvokeApi } from "./invoke-api.ts";
import {
  type FunctionDescription,
  type FunctionOptions,
  type Invocation,
  type InvocationResult,
  LambdaError,
  type LambdaService,
} from "./lambda-service.ts";
import { createPermissions } from "./permissions.ts";
import { createPool, type Pool } from "./pool.ts";

export interface LambdaOptions extends ServiceContext {
  readonly port?: number;
  /** Variables of every function, such as `AWS_ENDPOINT_URL_SQS`; asked for when an instance starts. */
  readonly sharedEnvironment: () => Readonly<Record<string, string>>;
  /** Workers of one function at once. @default 16 */
  readonly instanceCountMax?: number;
}

interface DeployedFunction {
  readonly options: FunctionOptions;
  readonly description: FunctionDescription;
  readonly taskRoot: string;
  readonly pool: Pool;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const payloadBytesMax = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024, DryRun: 6 * 1024 * 1024 } as const;
const drainMs = 10_000;
/** A replaced function has no reason to hurry: what it runs ends by its own time-out. */
const retireMs = 16 * 60_000;

export async function startLambda(options: LambdaOptions): Promise<LambdaService> {
  const functions = new Map<string, DeployedFunction>();
  /** Pools of code that was replaced, until their last invocation has ended. */
  const retiring = new Set<Pool>();
  const permissions = createPermissions();
  const logTo = (name: string) => (line: string) => options.log({ source: `lambda/${name}`, line });

  const asyncInvocations = createAsyncInvocations({
    timers: options.timers,
    invoke: (invocation) => run(find(invocation.functionName), invocation).catch(throttled),
    deliver: createDeliver({
      endpoints: options.endpoints,
      invokeFunction: async (arn, payload) => void (await invoke({ function: arn, payload, type: "Event" })),
    }),
    onProblem: (name, problem) => logTo(name)(problem),
  });

  function find(reference: string): DeployedFunction {
    const found = functions.get(functionNameOf(reference));
    if (found) return found;
    throw new LambdaError("ResourceNotFoundException", `Function not found: ${reference}`);
  }

  function deploy(given: FunctionOptions, taskRoot: string): Pool {
    return createPool({
      instanceCountMax: options.instanceCountMax ?? 16,
      ...(given.reservedConcurrency !== undefined && given.reservedConcurrency >= 0
        ? { reservedConcurrency: given.reservedConcurrency }
        : {}),
      start: () =>
        startInstance({
          taskRoot,
          handler: given.handler,
          environment: functionEnvironment({
            function: given,
            region: options.region,
            taskRoot,
            shared: options.sharedEnvironment(),
          }),
          timeoutMs: (given.timeoutSeconds ?? 3) * 1000,
          memoryMb: given.memoryMb ?? 128,
          onLine: logTo(given.name),
        }),
    });
  }

  async function createFunction(given: FunctionOptions): Promise<FunctionDescription> {
    requireNode(given);
    const folder = join(options.folder, "lambda");
    const { taskRoot, ...code } = await unpackBundle({ zip: given.code.zip, folder, name: given.name });
    const description = describe(given, { ...code, region: options.region, accountId: options.accountId });
    const before = functions.get(given.name);
    if (before?.taskRoot === taskRoot && isDeepStrictEqual({ ...before.options, code: given.code }, given)) {
      return before.description;
    }
    const pool = deploy(given, taskRoot);
    if (before) await load(pool, given.name);
    functions.set(given.name, { options: given, description, taskRoot, pool });
    if (before) retire(before);
    return description;
  }

  /** Code that replaces other code must load before it gets the first invocation. */
  async function load(pool: Pool, name: string): Promise<void> {
    const fault = await pool.warm();
    if (!fault) return;
    await pool.drain(0);
    const { errorType, errorMessage } = JSON.parse(fault.payload) as { errorType: string; errorMessage: string };
    throw new Error(`the new code of ${name} does not load, so the old one goes on: ${errorType}: ${errorMessage}`);
  }

  function retire({ options: { name }, taskRoot, pool }: DeployedFunction): void {
    retiring.add(pool);
    void pool.drain(retireMs).then(() => {
      retiring.delete(pool);
      if (functions.get(name)?.taskRoot !== taskRoot) rmSync(taskRoot, { recursive: true, force: true });
    });
  }

  function deleteFunction(nameOrArn: string): void {
    const gone = functions.get(functionNameOf(nameOrArn));
    if (!gone) return;
    functions.delete(gone.options.name);
    retire(gone);
  }

  async function run(target: DeployedFunction, invocation: AsyncInvocation | RunRequest): Promise<InvocationResult> {
    const { requestId, payload } = invocation;
    const outcome = await target.pool.run({ requestId, payload, functionArn: target.description.arn });
    return { statusCode: 200, requestId, executedVersion: "$LATEST", ...outcome };
  }

  async function invoke(invocation: Invocation): Promise<InvocationResult> {
    const { payload = "{}", type = "RequestResponse" } = invocation;
    const target = find(invocation.function);
    requirePayload(payload, type);
    const requestId = randomUUID();
    const answered = { requestId, payload: "", executedVersion: "$LATEST" } as const;
    if (type === "DryRun") return { ...answered, statusCode: 204 };
    if (type === "RequestResponse") return run(target, { requestId, payload });
    asyncInvocations.accept({
      functionName: target.options.name,
      functionArn: target.description.arn,
      requestId,
      payload,
      ...(target.options.deadLetterArn ? { deadLetterArn: target.options.deadLetterArn } : {}),
    });
    return { ...answered, statusCode: 202 };
  }

  const server = createServer(createInvokeApi({ invoke }));
  const port = await listen(server, options.port);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    createFunction,
    deleteFunction,
    describeFunction: (reference) => functions.get(functionNameOf(reference))?.description,
    addPermission: permissions.add,
    removePermission: permissions.remove,
    permits: permissions.permits,
    putInvokeConfig: asyncInvocations.configure,
    deleteInvokeConfig: asyncInvocations.forget,
    invoke,
    stop: async () => {
      await Promise.all([closeServer(server, drainMs), asyncInvocations.stop()]);
      const pools = [...retiring, ...[...functions.values()].map(({ pool }) => pool)];
      await Promise.all(pools.map((pool) => pool.drain(drainMs)));
    },
  };
}

interface RunRequest {
  readonly requestId: string;
  readonly payload: string;
}

function requireNode({ name, runtime = "nodejs24.x" }: FunctionOptions): void {
  if (runtime.startsWith("nodejs")) return;
  throw new Error(`function ${name} has the runtime ${runtime}; here only nodejs runtimes run`);
}

function requirePayload(payload: string, type: keyof typeof payloadBytesMax): void {
  const bytes = Buffer.byteLength(payload);
  if (bytes > payloadBytesMax[type]) {
    throw new LambdaError(
      "RequestTooLargeException",
      `${bytes} byte payload is too large for the ${type} invocation type (limit ${payloadBytesMax[type]} bytes)`,
    );
  }
  try {
    JSON.parse(payload);
  } catch (error) {
    const { message } = error as Error;
    throw new LambdaError("InvalidRequestContentException", `Could not parse request body into json: ${message}`);
  }
}

function throttled(error: unknown): "throttled" {
  if (error instanceof LambdaError && error.code === "TooManyRequestsException") return "throttled";
  throw error;
}

function describe(
  given: FunctionOptions,
  facts: { region: string; accountId: string; codeSha256: string; codeSize: number },
): FunctionDescription {
  const arn = `arn:aws:lambda:${facts.region}:${facts.accountId}:function:${given.name}`;
  return {
    name: given.name,
    arn,
    qualifiedArn: `${arn}:$LATEST`,
    invokeArn: `arn:aws:apigateway:${facts.region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
    version: "$LATEST",
    codeSha256: facts.codeSha256,
    codeSize: facts.codeSize,
    lastModified: new Date().toISOString(),
    accessKeyId: functionCredentials(given.roleArn, given.name).accessKeyId,
    roleArn: given.roleArn,
  };
}
