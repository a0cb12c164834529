import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { AwsCall } from "../access/aws-call.ts";
import { askAuthorizer, judge } from "../api-gateway/authorizer-function.ts";
import { type GatewayRequest, headerOf, readRequest } from "../api-gateway/request.ts";
import type { LambdaService } from "../lambda/lambda-service.ts";
import type { Timers } from "../timers.ts";
import { type Connection, openConnection } from "./connection.ts";
import { type Authorizer, type Definition, type Stage, sourcesOf } from "./definition.ts";
import { type ConnectionFacts, connectEvent, disconnectEvent, messageEvent } from "./events.ts";
import { integrate } from "./integration.ts";
import { createManagement } from "./management.ts";
import { routeKeyOf } from "./route-selection.ts";
import type { WebSocketLimits } from "./websocket-api-service.ts";

export interface GatewayOptions {
  readonly apiId: string;
  readonly executionArn: string;
  readonly routeSelectionExpression: () => string;
  readonly definition: Definition;
  readonly lambda: Pick<LambdaService, "invoke" | "permits">;
  readonly demand: (accessKeyId: string, calls: readonly AwsCall[]) => Promise<void>;
  readonly timers: Timers;
  readonly limits: WebSocketLimits;
  readonly log: (line: string) => void;
}

export interface Gateway {
  readonly server: Server;
  /** Ends all connections at once; their functions are not told. */
  end(): void;
}

/** Why an upgrade is refused. */
interface Refusal {
  readonly status: 401 | 403 | 429 | 500 | number;
  readonly message: string;
  readonly detail?: string;
}

const unauthorized: Refusal = { status: 401, message: "Unauthorized" };
const forbidden: Refusal = { status: 403, message: "Forbidden" };
const failed = (detail: string): Refusal => ({ status: 500, message: "Internal server error", detail });

/** One WebSocket API on an HTTP server of its own: upgrades, messages, and `@connections`. */
export function createGateway(options: GatewayOptions): Gateway {
  const { definition, lambda, timers, limits } = options;
  const connections = new Map<string, Connection>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.messageBytesMax, perMessageDeflate: false });
  let isEnding = false;

  const arnOf = (stage: string, routeKey: string) => `${options.executionArn}/${stage}/${routeKey}`;
  const moment = () => ({ requestId: randomUUID(), now: timers.now() });

  async function authorize(
    authorizer: Authorizer,
    facts: ConnectionFacts,
  ): Promise<Refusal | Readonly<Record<string, string>>> {
    const { upgrade, stage } = facts;
    const sources = sourcesOf(authorizer.id, authorizer.identitySources);
    const isMissing = ({ place, name }: (typeof sources)[number]) =>
      !(place === "header" ? headerOf(upgrade.headers, name) : upgrade.query[name]?.at(-1));
    if (sources.some(isMissing)) return unauthorized;
    const methodArn = arnOf(stage, "$connect");
    const stageVariables = definition.stages.get(stage)?.variables ?? {};
    const event = { type: "REQUEST", methodArn, ...connectEvent(facts, moment()), stageVariables };
    const sourceArn = `${options.executionArn}/authorizers/${authorizer.id}`;
    const asked = await askAuthorizer(lambda, { functionName: authorizer.functionName, sourceArn }, event);
    const judged = "refusal" in asked ? asked : judge(asked.answer, methodArn);
    if ("context" in judged) return judged.context;
    if (judged.refusal.type === "UNAUTHORIZED") return unauthorized;
    return judged.refusal.type === "ACCESS_DENIED" ? forbidden : failed(judged.refusal.detail ?? judged.refusal.type);
  }

  async function admit(upgrade: GatewayRequest, stage: Stage): Promise<Refusal | ConnectionFacts> {
    if (stage.bucket?.take() === false) return { status: 429, message: "Too Many Requests" };
    const id = `${randomBytes(11).toString("base64url")}=`;
    const asked: ConnectionFacts = { id, apiId: options.apiId, stage: stage.name, connectedAt: timers.now(), upgrade };
    const route = definition.route("$connect");
    if (!route) return asked;
    const authorizer = route.authorizer && (await authorize(route.authorizer, asked));
    if (authorizer && isRefusal(authorizer)) return authorizer;
    const facts = { ...asked, ...(authorizer && { authorizer }) };
    const result = await integrate(lambda, route, arnOf(stage.name, route.key), connectEvent(facts, moment()));
    if ("fault" in result) return failed(result.fault);
    return result.status >= 200 && result.status < 300 ? facts : { status: result.status, message: "Forbidden" };
  }

  async function upgrade(message: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const request = readRequest({ message, body: Buffer.alloc(0), requestId: randomUUID(), now: timers.now() });
    const stage = request.path === "/" ? definition.stages.get(request.stage) : undefined;
    const admitted = stage && !isEnding ? await admit(request, stage) : forbidden;
    // Without the query: it holds what opens connections.
    const line = `${request.requestId} GET ${request.fullPath}`;
    if (isRefusal(admitted)) {
      options.log(`${line} ${admitted.status} ${admitted.detail ?? admitted.message}`);
      return refuse(stream, admitted);
    }
    options.log(`${line} 101 ${admitted.id}`);
    sockets.handleUpgrade(message, stream, head, (socket) => {
      const connection = openConnection({
        facts: admitted,
        socket,
        stream,
        limits,
        timers,
        onMessage: (text) => void receive(connection, text).catch(fault),
        onClose: (close) => void leave(admitted, close).catch(fault),
      });
      connections.set(admitted.id, connection);
    });
  }

  async function receive(connection: Connection, body: string): Promise<void> {
    const { facts } = connection;
    const at = moment();
    const tell = (message: string) =>
      connection.send(JSON.stringify({ message, connectionId: facts.id, requestId: at.requestId }));
    if (definition.stages.get(facts.stage)?.bucket?.take() === false) return void tell("Too Many Requests");
    const wanted = routeKeyOf(options.routeSelectionExpression(), body);
    const route = definition.route(wanted.startsWith("$") ? "$default" : wanted) ?? definition.route("$default");
    if (!route) return void tell("Forbidden");
    const event = messageEvent(facts, at, { routeKey: route.key, body });
    const result = await integrate(lambda, route, arnOf(facts.stage, route.key), event);
    if (!("fault" in result)) return;
    options.log(`${at.requestId} ${facts.id} ${route.key}: ${result.fault}`);
    tell("Internal server error");
  }

  async function leave(facts: ConnectionFacts, close: { code: number; reason: string }): Promise<void> {
    connections.delete(facts.id);
    const route = definition.route("$disconnect");
    if (!route || isEnding) return;
    const event = disconnectEvent(facts, moment(), close);
    const result = await integrate(lambda, route, arnOf(facts.stage, route.key), event);
    if ("fault" in result) options.log(`${facts.id} $disconnect: ${result.fault}`);
  }

  const fault = (error: unknown) => options.log(`fault: ${error instanceof Error ? error.stack : String(error)}`);
  const manage = createManagement({
    executionArn: options.executionArn,
    connections,
    demand: options.demand,
    messageBytesMax: limits.messageBytesMax,
  });
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    manage(request, response).catch((error: unknown) => {
      fault(error);
      response.writeHead(500).end();
    });
  });
  server.on("upgrade", (message, stream, head) => {
    // A client that goes away meanwhile is no fault.
    stream.on("error", () => undefined);
    upgrade(message, stream, head).catch((error: unknown) => {
      fault(error);
      refuse(stream, failed(""));
    });
  });
  return {
    server,
    end: () => {
      isEnding = true;
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

const isRefusal = (value: object): value is Refusal => "status" in value && "message" in value;

const reasons: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  403: "Forbidden",
  429: "Too Many Requests",
  500: "Internal Server Error",
};

function refuse(stream: Duplex, { status, message }: Refusal): void {
  const body = JSON.stringify({ message });
  const head = [
    `HTTP/1.1 ${status} ${reasons[status] ?? "Refused"}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  stream.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
