import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { AwsCall } from "../access/aws-call.ts";
import { type GatewayRequest, readRequest } from "../api-gateway/request.ts";
import type { LambdaService } from "../lambda/lambda-service.ts";
import type { Timers } from "../timers.ts";
import { admit } from "./admission.ts";
import type { ApiParts } from "./api-parts.ts";
import { Connections } from "./connections.ts";
import type { ConnectionFacts } from "./events.ts";
import { createManagement } from "./management.ts";
import { failed, forbidden, isRefusal, type UpgradeRefusal, writeRefusal } from "./upgrade-refusal.ts";
import type { WebSocketLimits } from "./websocket-api-service.ts";

export interface GatewayOptions {
  readonly apiId: string;
  readonly executionArn: string;
  readonly parts: ApiParts;
  readonly lambda: Pick<LambdaService, "invoke" | "permits">;
  readonly demand: (accessKeyId: string, calls: readonly AwsCall[]) => Promise<void>;
  readonly timers: Timers;
  readonly limits: WebSocketLimits;
  readonly log: (line: string) => void;
}

/** One WebSocket API on an HTTP server of its own: upgrades, messages, and `@connections`. */
export class Gateway {
  readonly server: Server;
  readonly #options: GatewayOptions;
  readonly #connections: Connections;
  readonly #sockets: WebSocketServer;
  readonly #manage: ReturnType<typeof createManagement>;

  constructor(options: GatewayOptions) {
    const { executionArn, demand, limits } = options;
    const { messageBytesMax } = limits;
    this.#options = options;
    this.#connections = new Connections({ ...options, onFault: (error) => this.#logFault(error) });
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: messageBytesMax, perMessageDeflate: false });
    this.#manage = createManagement({ executionArn, connections: this.#connections, demand, messageBytesMax });
    this.server = this.#createServer();
  }

  /** Ends all connections immediately, without a call of `$disconnect`. */
  end(): void {
    this.#connections.end();
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  #createServer(): Server {
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      this.#manage(request, response).catch((error: unknown) => {
        this.#logFault(error);
        response.writeHead(500).end();
      });
    });
    return server.on("upgrade", (message, stream, head) => {
      // A client that goes away before its upgrade is answered is no fault.
      stream.on("error", () => undefined);
      this.#upgrade(message, stream, head).catch((error: unknown) => {
        this.#logFault(error);
        writeRefusal(stream, failed(""));
      });
    });
  }

  async #upgrade(message: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const { timers, log } = this.#options;
    const request = readRequest({ message, body: Buffer.alloc(0), requestId: randomUUID(), now: timers.now() });
    const admitted = await this.#admit(request);
    // The log line leaves out the query, which holds the client's secret.
    const line = `${request.requestId} GET ${request.fullPath}`;
    if (isRefusal(admitted)) {
      log(`${line} ${admitted.status} ${admitted.detail ?? admitted.message}`);
      return writeRefusal(stream, admitted);
    }
    log(`${line} 101 ${admitted.id}`);
    this.#sockets.handleUpgrade(message, stream, head, (socket) => this.#connections.add(admitted, socket, stream));
  }

  async #admit(request: GatewayRequest): Promise<UpgradeRefusal | ConnectionFacts> {
    const stage = request.path === "/" ? this.#options.parts.stage(request.stage) : undefined;
    return stage && !this.#connections.isEnding ? admit(this.#options, request, stage) : forbidden;
  }

  #logFault(error: unknown): void {
    this.#options.log(`fault: ${error instanceof Error ? error.stack : String(error)}`);
  }
}
