import type { IncomingMessage, ServerResponse } from "node:http";
import { accessKeyIdOf } from "../access/access-proxy.ts";
import type { AwsCall } from "../access/aws-call.ts";
import { headerOf } from "../api-gateway/request.ts";
import type { Connection } from "./connection.ts";

export interface ManagementOptions {
  readonly executionArn: string;
  readonly connections: { readonly get: (id: string) => Connection | undefined };
  readonly messageBytesMax: number;
  /** @throws when the caller's policies do not allow the calls */
  readonly demand: (accessKeyId: string, calls: readonly AwsCall[]) => Promise<void>;
}

interface ManagementAnswer {
  readonly status: number;
  /** AWS's name of the error. */
  readonly error?: string;
  readonly body?: object;
}

/** `@connections`: the API through which functions reach clients. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html */
export function createManagement(options: ManagementOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const { status, error, body: answer } = await answerOf(options, request, body);
    response.writeHead(status, {
      ...(answer && { "content-type": "application/json" }),
      ...(error !== undefined && { "x-amzn-ErrorType": error }),
    });
    response.end(answer && JSON.stringify(answer));
  };
}

const forbidden: ManagementAnswer = { status: 403, error: "ForbiddenException", body: { message: "Forbidden" } };
const gone: ManagementAnswer = { status: 410, error: "GoneException", body: { message: "Gone" } };

async function answerOf(options: ManagementOptions, request: IncomingMessage, body: Buffer): Promise<ManagementAnswer> {
  const [, stage, id] = /^\/([^/]+)\/(?:@|%40)connections\/([^/?]+)$/i.exec(request.url ?? "") ?? [];
  const method = request.method ?? "GET";
  if (stage === undefined || id === undefined || !["POST", "GET", "DELETE"].includes(method)) return forbidden;
  const connectionId = decodeURIComponent(id);
  const denied = await denial(options, request, `${stage}/${method}/@connections/${connectionId}`);
  if (denied) return denied;
  const connection = options.connections.get(connectionId);
  if (connection?.facts.stage !== stage) return gone;
  switch (method) {
    case "POST":
      if (body.length > options.messageBytesMax) {
        return { status: 413, error: "PayloadTooLargeException", body: { message: "Message too long" } };
      }
      return connection.send(body.toString()) ? { status: 200 } : gone;
    case "DELETE":
      connection.close();
      return { status: 204 };
    default:
      return { status: 200, body: described(connection) };
  }
}

async function denial(
  { executionArn, demand }: ManagementOptions,
  request: IncomingMessage,
  resource: string,
): Promise<ManagementAnswer | undefined> {
  const { method = "GET", url = "/", headers } = request;
  const accessKeyId = accessKeyIdOf({ method, url, headers, body: Buffer.alloc(0) });
  if (accessKeyId === undefined) return { ...forbidden, body: { message: "Missing Authentication Token" } };
  const call = { action: "execute-api:ManageConnections", resource: `${executionArn}/${resource}`, context: {} };
  try {
    await demand(accessKeyId, [call]);
    return undefined;
  } catch (error) {
    return { ...forbidden, body: { message: (error as Error).message } };
  }
}

function described({ facts, lastActiveAt }: Connection): object {
  return {
    connectedAt: new Date(facts.connectedAt).toISOString(),
    lastActiveAt: new Date(lastActiveAt).toISOString(),
    identity: { sourceIp: facts.upgrade.sourceIp, userAgent: headerOf(facts.upgrade.headers, "user-agent") ?? "" },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
