import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { EngineError } from "./wire.ts";

/** The operations of a service, by name. Each gets the parsed body of a request and returns the body of the answer. */
export type JsonOperations = Readonly<Record<string, (input: unknown) => object | Promise<object>>>;

/** How a failed operation is answered. */
export interface JsonFailure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export interface JsonServerOptions {
  /** The prefix of the operation in `X-Amz-Target`, such as `AWSEvents.`. */
  readonly targetPrefix: string;
  readonly operations: JsonOperations;
  readonly failureOf: (error: unknown) => JsonFailure;
}

/** A server, not yet listening, that speaks the AWS JSON protocol 1.1. */
export function createJsonServer(options: JsonServerOptions): Server {
  return createServer((request, response) => void answer(options, request, response));
}

async function answer(options: JsonServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() };
  try {
    const target = String(request.headers["x-amz-target"] ?? "");
    const body = await run(options, target, await readBody(request));
    response.writeHead(200, headers).end(JSON.stringify(body));
  } catch (error) {
    const { status, code, message } = options.failureOf(error);
    response.writeHead(status, headers).end(JSON.stringify({ __type: code, message }));
  }
}

async function run({ targetPrefix, operations }: JsonServerOptions, target: string, body: string): Promise<object> {
  const operation = target.startsWith(targetPrefix)
    ? operations[target.slice(targetPrefix.length)]
    : operations[target];
  if (!operation) {
    const message = `${target || "a request without an operation"} is not served here`;
    throw new EngineError({ code: "UnknownOperationException", status: 400, message });
  }
  return operation(JSON.parse(body || "{}"));
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
