import type { ServiceContext } from "../context.ts";
import type { LambdaService } from "../lambda/lambda-service.ts";
import { stableId } from "../stable-id.ts";
import type { ServiceState } from "../state.ts";
import type { WafService } from "../waf/waf-service.ts";
import type { RestApiDescription, RestApiOptions } from "./api-gateway-service.ts";
import { type Definition, readDefinition } from "./definition.ts";
import { DeployedApi } from "./deployed-api.ts";
import { RestApi } from "./rest-api.ts";

export interface ApiGatewayOptions extends ServiceContext {
  readonly lambda: Pick<LambdaService, "invoke" | "permits">;
  readonly waf: Pick<WafService, "protecting">;
  readonly state: ServiceState;
  /** Preferred for the first API; the others take the port they had before, or a free one. */
  readonly port?: number;
}

/** The REST APIs of one gateway, by id. */
export class RestApis {
  readonly #options: ApiGatewayOptions;
  readonly #apis = new Map<string, DeployedApi>();
  #deploymentCount = 0;

  constructor(options: ApiGatewayOptions) {
    this.#options = options;
  }

  /** Undefined when there is no such API (any more). */
  find(id: string): DeployedApi | undefined {
    return this.#apis.get(id);
  }

  /** @throws Error when there is no such API */
  get(id: string): DeployedApi {
    const found = this.#apis.get(id);
    if (found) return found;
    throw new Error(`there is no REST API with the id ${id}; known are ${[...this.#apis.keys()].join(", ") || "none"}`);
  }

  /** Creates an API, or gives the one of that name the new body. */
  put(options: RestApiOptions): RestApiDescription {
    const id = stableId(options.name);
    const definition = readDefinition(options);
    const existing = this.#apis.get(id);
    if (existing) existing.api.define(definition);
    const deployed = existing ?? this.#create(id, options.name, definition);
    this.#apis.set(id, deployed);
    return deployed.description;
  }

  async delete(id: string): Promise<void> {
    const deployed = this.#apis.get(id);
    this.#apis.delete(id);
    await deployed?.stop();
  }

  createDeployment(restApiId: string): { readonly id: string } {
    this.get(restApiId);
    this.#deploymentCount += 1;
    return { id: stableId(`${restApiId}/${this.#deploymentCount}`).slice(0, 6) };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#apis.values()].map((deployed) => deployed.stop()));
  }

  #create(id: string, name: string, definition: Definition): DeployedApi {
    const { region, accountId, lambda, waf, timers, state } = this.#options;
    const executionArn = `arn:aws:execute-api:${region}:${accountId}:${id}`;
    const arn = `arn:aws:apigateway:${region}::/restapis/${id}`;
    const log = (line: string) => this.#log(name, line);
    const api = new RestApi(definition, {
      id,
      accountId,
      executionArn,
      lambda,
      timers,
      firewall: (stage) => waf.protecting(`${arn}/stages/${stage}`),
      onRefusal: ({ method, fullPath, requestId }, { type, detail }) =>
        log(`${requestId} ${method} ${fullPath} ${type}${detail ? `: ${detail}` : ""}`),
    });
    return new DeployedApi({
      api,
      timers,
      description: { id, rootResourceId: stableId(`${name}/`), arn, executionArn },
      preferredPort: () => this.#preferredPort(id, name),
      onListening: (port) => state.set("api-port", name, String(port)),
      log,
    });
  }

  #preferredPort(id: string, name: string): number | undefined {
    const { port, state } = this.#options;
    const [firstId] = this.#apis.keys();
    if (firstId === id && port !== undefined) return port;
    const remembered = state.get("api-port", name);
    return remembered === undefined ? undefined : Number(remembered);
  }

  #log(name: string, line: string): void {
    const { timers, log } = this.#options;
    log({ source: `api-gateway/${name}`, line: `${new Date(timers.now()).toISOString()} ${line}` });
  }
}
