import type { IncomingMessage, ServerResponse } from "node:http";
import { type InvocationType, LambdaError, type LambdaService } from "./lambda-service.ts";

const path = /^\/2015-03-31\/functions\/([^/]+)\/invocations(?:\?.*)?$/;
const types: readonly string[] = ["RequestResponse", "Event", "DryRun"] satisfies InvocationType[];
const statuses: Readonly<Record<LambdaError["code"], number>> = {
  ResourceNotFoundException: 404,
  TooManyRequestsException: 429,
  InvalidRequestContentException: 400,
  InvalidParameterValueException: 400,
  RequestTooLargeException: 413,
};

/** Lambda's Invoke API over HTTP, for SDK clients and the AWS CLI. */
export function createInvokeApi(lambda: Pick<LambdaService, "invoke">) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    try {
      const reference = path.exec(request.url ?? "")?.[1];
      if (request.method !== "POST" || !reference) {
        throw new LambdaError(
          "ResourceNotFoundException",
          `only Invoke is served here, not ${request.method} ${request.url}`,
        );
      }
      const type = String(request.headers["x-amz-invocation-type"] ?? "RequestResponse");
      if (!types.includes(type))
        throw new LambdaError("InvalidParameterValueException", `no such invocation type: ${type}`);
      const result = await lambda.invoke({
        function: decodeURIComponent(reference),
        payload: Buffer.concat(chunks).toString() || "{}",
        type: type as InvocationType,
      });
      response.writeHead(result.statusCode, {
        "content-type": "application/json",
        "x-amzn-requestid": result.requestId,
        "x-amz-executed-version": result.executedVersion,
        ...(result.functionError ? { "x-amz-function-error": result.functionError } : {}),
      });
      response.end(result.payload);
    } catch (error) {
      const known = error instanceof LambdaError ? error : undefined;
      response.writeHead(known ? statuses[known.code] : 500, {
        "content-type": "application/json",
        "x-amzn-errortype": known?.code ?? "ServiceException",
      });
      response.end(JSON.stringify({ Type: known ? "User" : "Service", Message: String((error as Error).message) }));
    }
  };
}
