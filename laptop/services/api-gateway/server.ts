import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { closeServer, listen } from "../listen.ts";
import type { Timers } from "../timers.ts";
import type { GatewayAnswer } from "./gateway-answer.ts";
import { type GatewayRequest, readRequest } from "./request.ts";
import type { RestApi } from "./rest-api.ts";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const bodyBytesMax = 10 * 1024 * 1024;
const drainMs = 10_000;

export interface ApiServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Gives each request to the API as it came: paths not decoded, header names as sent, the body as bytes. */
export async function startApiServer(options: {
  readonly api: RestApi;
  readonly port?: number;
  readonly timers: Timers;
  readonly onAnswer: (request: GatewayRequest, answer: GatewayAnswer) => void;
  readonly onFault: (error: unknown) => void;
}): Promise<ApiServer> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    handle(message, response).catch((error: unknown) => {
      options.onFault(error);
      if (!response.headersSent) response.writeHead(500, { "content-type": "application/json" });
      response.end('{"message":"Internal server error"}');
    });
  });

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const body = await readBody(message);
    const request = readRequest({ message, body: body ?? Buffer.alloc(0), requestId, now: options.timers.now() });
    const answer = body
      ? await options.api.answer(request)
      : options.api.refuse(request, { type: "REQUEST_TOO_LARGE" });
    send(response, request, answer);
    options.onAnswer(request, answer);
  }

  const port = await listen(server, options.port);
  return { port, stop: () => closeServer(server, drainMs) };
}

/** Undefined when the body is too large. The rest is read and dropped, as a client that still sends reads no answer. */
async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= bodyBytesMax) chunks.push(chunk);
  }
  return size <= bodyBytesMax ? Buffer.concat(chunks) : undefined;
}

function send(response: ServerResponse, request: GatewayRequest, answer: GatewayAnswer): void {
  const headers = new Map<string, [name: string, values: string[]]>();
  for (const [name, value] of answer.headers) {
    const [, values] = headers.get(name.toLowerCase()) ?? [name, []];
    headers.set(name.toLowerCase(), [name, [...values, value]]);
  }
  for (const [name, values] of headers.values())
    response.setHeader(name, values.length === 1 ? (values[0] ?? "") : values);
  response.setHeader("x-amzn-RequestId", request.requestId);
  response.setHeader("x-amz-apigw-id", request.requestId);
  const bodiless = request.method === "HEAD" || answer.status === 204 || answer.status === 304;
  if (!bodiless) response.setHeader("Content-Length", answer.body.length);
  response.writeHead(answer.status);
  response.end(bodiless ? undefined : answer.body);
}
