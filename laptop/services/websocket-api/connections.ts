import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { LambdaService } from "../lambda/lambda-service.ts";
import type { Timers } from "../timers.ts";
import type { ApiParts, WebSocketRoute } from "./api-parts.ts";
import { type Close, Connection } from "./connection.ts";
import { type ConnectionFacts, disconnectEvent, messageEvent, newRequestFacts } from "./events.ts";
import { callIntegration } from "./integration.ts";
import { routeKeyOf } from "./route-selection.ts";
import type { WebSocketLimits } from "./websocket-api-service.ts";

export interface ConnectionsOptions {
  readonly executionArn: string;
  readonly parts: ApiParts;
  readonly lambda: Pick<LambdaService, "invoke" | "permits">;
  readonly timers: Timers;
  readonly limits: WebSocketLimits;
  readonly log: (line: string) => void;
  readonly onFault: (error: unknown) => void;
}

/** The open connections of one API: sends messages to their routes, and reports closed connections to `$disconnect`. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<string, Connection>();
  #isEnding = false;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  get isEnding(): boolean {
    return this.#isEnding;
  }

  get(id: string): Connection | undefined {
    return this.#open.get(id);
  }

  add(facts: ConnectionFacts, socket: WebSocket, stream: Duplex): void {
    const { limits, timers, onFault } = this.#options;
    const connection = new Connection({
      facts,
      socket,
      stream,
      limits,
      timers,
      onMessage: (text) => void this.#receive(connection, text).catch(onFault),
      onClose: (close) => void this.#leave(facts, close).catch(onFault),
    });
    this.#open.set(facts.id, connection);
  }

  /** From now on no function hears of a connection that closes. */
  end(): void {
    this.#isEnding = true;
  }

  async #receive(connection: Connection, body: string): Promise<void> {
    const { parts, timers, log } = this.#options;
    const { facts } = connection;
    const request = newRequestFacts(timers);
    const reply = (message: string): void => {
      connection.send(JSON.stringify({ message, connectionId: facts.id, requestId: request.requestId }));
    };
    if (parts.stage(facts.stage)?.bucket?.take() === false) return reply("Too Many Requests");
    const route = this.#routeOf(body);
    if (!route) return reply("Forbidden");
    const fault = await this.#call(route, facts, messageEvent(facts, request, { routeKey: route.key, body }));
    if (fault === undefined) return;
    log(`${request.requestId} ${facts.id} ${route.key}: ${fault}`);
    reply("Internal server error");
  }

  async #leave(facts: ConnectionFacts, close: Close): Promise<void> {
    this.#open.delete(facts.id);
    const { parts, timers, log } = this.#options;
    const route = parts.route("$disconnect");
    if (!route || this.#isEnding) return;
    const fault = await this.#call(route, facts, disconnectEvent(facts, newRequestFacts(timers), close));
    if (fault !== undefined) log(`${facts.id} $disconnect: ${fault}`);
  }

  /** The route that a message names. A message cannot name `$connect` or `$disconnect`. */
  #routeOf(body: string): WebSocketRoute | undefined {
    const { parts } = this.#options;
    const named = routeKeyOf(parts.routeSelectionExpression, body);
    return parts.route(named.startsWith("$") ? "$default" : named) ?? parts.route("$default");
  }

  /** @returns what went wrong, if anything did */
  async #call(route: WebSocketRoute, { stage }: ConnectionFacts, event: object): Promise<string | undefined> {
    const { executionArn, lambda } = this.#options;
    const { functionName, key } = route;
    const result = await callIntegration(lambda, { functionName, sourceArn: `${executionArn}/${stage}/${key}`, event });
    return "fault" in result ? result.fault : undefined;
  }
}
