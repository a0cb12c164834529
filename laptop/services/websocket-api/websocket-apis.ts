import type { AwsCall } from "../access/aws-call.ts";
import type { ServiceContext } from "../context.ts";
import type { LambdaService } from "../lambda/lambda-service.ts";
import { closeServer, listen } from "../listen.ts";
import { stableId } from "../stable-id.ts";
import type { ServiceState } from "../state.ts";
import { ApiParts } from "./api-parts.ts";
import { Gateway } from "./gateway.ts";
import {
  awsLimits,
  type WebSocketApiDescription,
  type WebSocketApiOptions,
  type WebSocketLimits,
  type WebSocketStageDescription,
  type WebSocketStageOptions,
} from "./websocket-api-service.ts";

export interface WebSocketApisOptions extends ServiceContext {
  readonly lambda: Pick<LambdaService, "invoke" | "permits">;
  /** @throws when the policies of who posts to a connection do not allow it */
  readonly demand: (accessKeyId: string, calls: readonly AwsCall[]) => Promise<void>;
  readonly state: ServiceState;
  /** Preferred for the first API; the others take the port they had before, or a free one. */
  readonly port?: number;
  /** @default AWS's */
  readonly limits?: Partial<WebSocketLimits>;
}

interface RunningApi {
  readonly description: WebSocketApiDescription;
  readonly parts: ApiParts;
  readonly gateway: Gateway;
}

const drainMs = 2_000;

/** The WebSocket APIs of one gateway, by id. */
export class WebSocketApis {
  readonly #options: WebSocketApisOptions;
  readonly #apis = new Map<string, RunningApi>();

  constructor(options: WebSocketApisOptions) {
    this.#options = options;
  }

  /** Starts an API, or gives the one of that name the new options. */
  async put(options: WebSocketApiOptions): Promise<WebSocketApiDescription> {
    const id = stableId(options.name);
    const existing = this.#apis.get(id);
    if (existing) existing.parts.routeSelectionExpression = options.routeSelectionExpression;
    const running = existing ?? (await this.#start(id, options));
    this.#apis.set(id, running);
    return running.description;
  }

  async delete(id: string): Promise<void> {
    const running = this.#apis.get(id);
    this.#apis.delete(id);
    if (running) await stop(running);
  }

  /** Undefined when there is no such API (any more). */
  find(id: string): ApiParts | undefined {
    return this.#apis.get(id)?.parts;
  }

  /** @throws Error when there is no such API */
  get(id: string): ApiParts {
    return this.#required(id).parts;
  }

  createStage(stage: WebSocketStageOptions): WebSocketStageDescription {
    const { parts, description } = this.#required(stage.apiId);
    parts.putStage(stage);
    return {
      invokeUrl: `${description.apiEndpoint}/${stage.name}`,
      executionArn: `${description.executionArn}/${stage.name}`,
      arn: `${description.arn}/stages/${stage.name}`,
    };
  }

  createDeployment(apiId: string): { readonly id: string } {
    const { id } = this.#required(apiId).description;
    return { id: stableId(`${id}/deployment`).slice(0, 6) };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#apis.values()].map(stop));
  }

  #required(id: string): RunningApi {
    const found = this.#apis.get(id);
    if (found) return found;
    const known = [...this.#apis.keys()].join(", ") || "none";
    throw new Error(`there is no WebSocket API with the id ${id}; known are ${known}`);
  }

  async #start(id: string, { name, routeSelectionExpression }: WebSocketApiOptions): Promise<RunningApi> {
    const { region, accountId, timers, state, lambda, demand, log, limits } = this.#options;
    const executionArn = `arn:aws:execute-api:${region}:${accountId}:${id}`;
    const parts = new ApiParts({ apiId: id, timers, routeSelectionExpression });
    const gateway = new Gateway({
      apiId: id,
      executionArn,
      parts,
      timers,
      lambda,
      demand,
      limits: { ...awsLimits, ...limits },
      log: (line) => log({ source: `websocket-api/${name}`, line: `${new Date(timers.now()).toISOString()} ${line}` }),
    });
    const port = await listen(gateway.server, this.#preferredPort(name));
    state.set("websocket-port", name, String(port));
    const arn = `arn:aws:apigateway:${region}::/apis/${id}`;
    return { description: { id, arn, executionArn, apiEndpoint: `ws://127.0.0.1:${port}` }, parts, gateway };
  }

  #preferredPort(name: string): number | undefined {
    const { port, state } = this.#options;
    if (this.#apis.size === 0 && port !== undefined) return port;
    const remembered = state.get("websocket-port", name);
    return remembered === undefined ? undefined : Number(remembered);
  }
}

async function stop({ gateway }: RunningApi): Promise<void> {
  gateway.end();
  await closeServer(gateway.server, drainMs);
}
