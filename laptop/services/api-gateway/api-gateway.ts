import { createHash } from "node:crypto";
import type { ServiceContext } from "../context.ts";
import type { LambdaService } from "../lambda/lambda-service.ts";
import type { State } from "../state.ts";
import type { WafService } from "../waf/waf-service.ts";
import type { ApiGatewayService, RestApiDescription, RestApiOptions } from "./api-gateway-service.ts";
import { readDefinition } from "./definition.ts";
import { createRestApi, type RestApi } from "./rest-api.ts";
import { type ApiServer, startApiServer } from "./server.ts";

export interface ApiGatewayOptions extends ServiceContext {
  readonly lambda: Pick<LambdaService, "invoke" | "permits">;
  readonly waf: Pick<WafService, "protecting">;
  readonly state: State;
  /** Preferred for the first API; the others take the port they had before, or a free one. */
  readonly port?: number;
}

interface DeployedApi {
  readonly name: string;
  readonly api: RestApi;
  readonly description: RestApiDescription;
  server?: Promise<ApiServer>;
}

/** REST APIs, each served on a port of its own once it has a stage. */
export function createApiGateway(options: ApiGatewayOptions): ApiGatewayService {
  const apis = new Map<string, DeployedApi>();
  let deploymentCount = 0;

  function find(id: string): DeployedApi {
    const found = apis.get(id);
    if (found) return found;
    throw new Error(`there is no REST API with the id ${id}; known are ${[...apis.keys()].join(", ") || "none"}`);
  }

  function log(name: string, line: string): void {
    options.log({ source: `api-gateway/${name}`, line: `${new Date(options.timers.now()).toISOString()} ${line}` });
  }

  function createApi(given: RestApiOptions): RestApiDescription {
    const id = stableId(given.name);
    const read = readDefinition(given);
    const definition = { ...read, binaryMediaTypes: [...read.binaryMediaTypes, ...(given.binaryMediaTypes ?? [])] };
    const known = apis.get(id);
    if (known) {
      known.api.define(definition);
      return known.description;
    }
    const executionArn = `arn:aws:execute-api:${options.region}:${options.accountId}:${id}`;
    const arn = `arn:aws:apigateway:${options.region}::/restapis/${id}`;
    const api = createRestApi(definition, {
      id,
      accountId: options.accountId,
      executionArn,
      lambda: options.lambda,
      timers: options.timers,
      firewall: (stage) => options.waf.protecting(`${arn}/stages/${stage}`),
      onRefusal: ({ method, fullPath, requestId }, { type, detail }) => {
        log(given.name, `${requestId} ${method} ${fullPath} ${type}${detail ? `: ${detail}` : ""}`);
      },
    });
    const description = { id, rootResourceId: stableId(`${given.name}/`), arn, executionArn };
    apis.set(id, { name: given.name, api, description });
    return description;
  }

  function serve(deployed: DeployedApi): Promise<ApiServer> {
    deployed.server ??= startApiServer({
      api: deployed.api,
      ...portOf(deployed),
      timers: options.timers,
      onAnswer: ({ method, fullPath, requestId, receivedAt }, { status }) =>
        log(deployed.name, `${requestId} ${method} ${fullPath} ${status} ${options.timers.now() - receivedAt} ms`),
      onFault: (error) => log(deployed.name, `fault: ${error instanceof Error ? error.stack : String(error)}`),
    }).then((server) => {
      options.state.set("api-port", deployed.name, String(server.port));
      return server;
    });
    return deployed.server;
  }

  function portOf({ name }: DeployedApi): { port?: number } {
    const remembered = options.state.get("api-port", name);
    const first = [...apis.values()][0]?.name === name;
    if (first && options.port !== undefined) return { port: options.port };
    return remembered === undefined ? {} : { port: Number(remembered) };
  }

  return {
    createRestApi: createApi,
    deleteRestApi: async (id) => {
      const server = await apis.get(id)?.server;
      apis.delete(id);
      await server?.stop();
    },
    createDeployment: ({ restApiId }) => {
      find(restApiId);
      deploymentCount += 1;
      return { id: stableId(`${restApiId}/${deploymentCount}`).slice(0, 6) };
    },
    createStage: async (stage) => {
      const deployed = find(stage.restApiId);
      deployed.api.createStage(stage);
      const { port } = await serve(deployed);
      return {
        invokeUrl: `http://127.0.0.1:${port}/${stage.stageName}`,
        executionArn: `${deployed.description.executionArn}/${stage.stageName}`,
        arn: `${deployed.description.arn}/stages/${stage.stageName}`,
      };
    },
    // What is deleted may have gone with its API.
    deleteStage: ({ restApiId, stageName }) => apis.get(restApiId)?.api.deleteStage(stageName),
    putMethodSettings: (setting) => find(setting.restApiId).api.putMethodSettings(setting),
    deleteMethodSettings: (setting) => apis.get(setting.restApiId)?.api.deleteMethodSettings(setting),
    putGatewayResponse: (response) => find(response.restApiId).api.putGatewayResponse(response),
    deleteGatewayResponse: ({ restApiId, responseType }) =>
      apis.get(restApiId)?.api.deleteGatewayResponse(responseType),
    stop: async () => {
      await Promise.all([...apis.values()].map(async ({ server }) => (await server)?.stop()));
    },
  };
}

/** Ten characters as API Gateway's ids, always the same for the same name. */
function stableId(name: string): string {
  const digest = createHash("sha256").update(name).digest("hex");
  return BigInt(`0x${digest}`).toString(36).slice(0, 10);
}
