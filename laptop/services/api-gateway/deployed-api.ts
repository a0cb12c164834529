import type { Timers } from "../timers.ts";
import type { RestApiDescription, StageDescription, StageOptions } from "./api-gateway-service.ts";
import type { RestApi } from "./rest-api.ts";
import { type ApiServer, startApiServer } from "./server.ts";

export interface DeployedApiOptions {
  readonly api: RestApi;
  readonly description: RestApiDescription;
  readonly timers: Timers;
  /** Asked when the API begins to listen. */
  readonly preferredPort: () => number | undefined;
  readonly onListening: (port: number) => void;
  readonly log: (line: string) => void;
}

/** A REST API, which listens on a port of its own once it has a stage. */
export class DeployedApi {
  readonly #options: DeployedApiOptions;
  #server: Promise<ApiServer> | undefined;

  constructor(options: DeployedApiOptions) {
    this.#options = options;
  }

  get api(): RestApi {
    return this.#options.api;
  }

  get description(): RestApiDescription {
    return this.#options.description;
  }

  async createStage(stage: StageOptions): Promise<StageDescription> {
    this.api.stages.put(stage);
    this.#server ??= this.#listen();
    const { port } = await this.#server;
    const { executionArn, arn } = this.description;
    return {
      invokeUrl: `http://127.0.0.1:${port}/${stage.stageName}`,
      executionArn: `${executionArn}/${stage.stageName}`,
      arn: `${arn}/stages/${stage.stageName}`,
    };
  }

  async stop(): Promise<void> {
    const server = await this.#server;
    await server?.stop();
  }

  async #listen(): Promise<ApiServer> {
    const { api, timers, log, preferredPort, onListening } = this.#options;
    const port = preferredPort();
    const server = await startApiServer({
      api,
      timers,
      ...(port !== undefined && { port }),
      onAnswer: ({ method, fullPath, requestId, receivedAt }, { status }) =>
        log(`${requestId} ${method} ${fullPath} ${status} ${timers.now() - receivedAt} ms`),
      onFault: (error) => log(`fault: ${error instanceof Error ? error.stack : String(error)}`),
    });
    onListening(server.port);
    return server;
  }
}
