import { randomUUID } from "node:crypto";
import type { ServiceContext } from "../context.ts";
import { createDeliver } from "../delivery.ts";
import { AsyncInvocations } from "./async-invocations.ts";
import type { DeployedFunction, DeployedFunctions } from "./deployed-functions.ts";
import { type Invocation, type InvocationResult, type InvocationType, LambdaError } from "./lambda-service.ts";

export interface InvocationsOptions extends Pick<ServiceContext, "timers" | "endpoints" | "log"> {
  readonly functions: DeployedFunctions;
}

interface RunRequest {
  readonly requestId: string;
  readonly payload: string;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const payloadBytesMax: Readonly<Record<InvocationType, number>> = {
  RequestResponse: 6 * 1024 * 1024,
  Event: 1024 * 1024,
  DryRun: 6 * 1024 * 1024,
};

/** Runs invocations of every type. */
export class Invocations {
  /** Invocations of type Event. */
  readonly asynchronous: AsyncInvocations;
  readonly #functions: DeployedFunctions;

  constructor({ functions, timers, endpoints, log }: InvocationsOptions) {
    this.#functions = functions;
    const invokeFunction = async (arn: string, payload: string) => {
      await this.invoke({ function: arn, payload, type: "Event" });
    };
    this.asynchronous = new AsyncInvocations({
      timers,
      invoke: (invocation) => run(functions.get(invocation.functionName), invocation).catch(throttled),
      deliver: createDeliver({ endpoints, invokeFunction }),
      onProblem: (name, problem) => log({ source: `lambda/${name}`, line: problem }),
    });
  }

  /** @throws LambdaError when there is no such function, no room, or the payload is no JSON */
  async invoke({
    function: nameOrArn,
    payload = "{}",
    type = "RequestResponse",
  }: Invocation): Promise<InvocationResult> {
    const target = this.#functions.get(nameOrArn);
    requirePayload(payload, type);
    const requestId = randomUUID();
    switch (type) {
      case "DryRun":
        return { requestId, payload: "", executedVersion: "$LATEST", statusCode: 204 };
      case "RequestResponse":
        return run(target, { requestId, payload });
      case "Event":
        this.#accept(target, { requestId, payload });
        return { requestId, payload: "", executedVersion: "$LATEST", statusCode: 202 };
    }
  }

  #accept({ options, description }: DeployedFunction, request: RunRequest): void {
    const { name, deadLetterArn } = options;
    this.asynchronous.accept({
      ...request,
      functionName: name,
      functionArn: description.arn,
      ...(deadLetterArn && { deadLetterArn }),
    });
  }
}

async function run(
  { pool, description }: DeployedFunction,
  { requestId, payload }: RunRequest,
): Promise<InvocationResult> {
  const outcome = await pool.run({ requestId, payload, functionArn: description.arn });
  return { statusCode: 200, requestId, executedVersion: "$LATEST", ...outcome };
}

function throttled(error: unknown): "throttled" {
  if (error instanceof LambdaError && error.code === "TooManyRequestsException") return "throttled";
  throw error;
}

function requirePayload(payload: string, type: InvocationType): void {
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
