import type { AwsCall } from "../access/aws-call.ts";
import type { ServiceContext } from "../context.ts";
import type { LambdaService } from "../lambda/lambda-service.ts";
import { closeServer, listen } from "../listen.ts";
import { stableId } from "../stable-id.ts";
import type { State } from "../state.ts";
import { createDefinition, type Definition } from "./definition.ts";
import { createGateway, type Gateway } from "./gateway.ts";
import {
  awsLimits,
  type WebSocketApiDescription,
  type WebSocketApiOptions,
  type WebSocketApiService,
  type WebSocketLimits,
} from "./websocket-api-service.ts";

export interface WebSocketApisOptions extends ServiceContext {
  readonly lambda: Pick<LambdaService, "invoke" | "permits">;
  /** Whether who posts to a connection may; throws when not. */
  readonly demand: (accessKeyId: string, calls: readonly AwsCall[]) => Promise<void>;
  readonly state: State;
  /** Preferred for the first API; the others take the port they had before, or a free one. */
  readonly port?: number;
  /** @default AWS's */
  readonly limits?: Partial<WebSocketLimits>;
}

interface RunningApi {
  routeSelectionExpression: string;
  readonly description: WebSocketApiDescription;
  readonly definition: Definition;
  readonly gateway: Gateway;
}

const drainMs = 2_000;

/** WebSocket APIs, each on a port of its own. */
export function createWebSocketApis(options: WebSocketApisOptions): WebSocketApiService {
  const { region, accountId, timers, state } = options;
  const apis = new Map<string, RunningApi>();

  function find(id: string): RunningApi {
    const found = apis.get(id);
    if (found) return found;
    throw new Error(`there is no WebSocket API with the id ${id}; known are ${[...apis.keys()].join(", ") || "none"}`);
  }

  async function createApi({ name, routeSelectionExpression }: WebSocketApiOptions): Promise<WebSocketApiDescription> {
    const id = stableId(name);
    const known = apis.get(id);
    if (known) {
      known.routeSelectionExpression = routeSelectionExpression;
      return known.description;
    }
    const executionArn = `arn:aws:execute-api:${region}:${accountId}:${id}`;
    const definition = createDefinition(id, timers);
    const gateway = createGateway({
      apiId: id,
      executionArn,
      definition,
      timers,
      routeSelectionExpression: () => apis.get(id)?.routeSelectionExpression ?? routeSelectionExpression,
      lambda: options.lambda,
      demand: options.demand,
      limits: { ...awsLimits, ...options.limits },
      log: (line) =>
        options.log({ source: `websocket-api/${name}`, line: `${new Date(timers.now()).toISOString()} ${line}` }),
    });
    const remembered = state.get("websocket-port", name);
    const wanted = apis.size === 0 ? options.port : undefined;
    const port = await listen(gateway.server, wanted ?? (remembered === undefined ? undefined : Number(remembered)));
    state.set("websocket-port", name, String(port));
    const arn = `arn:aws:apigateway:${region}::/apis/${id}`;
    const description = { id, arn, executionArn, apiEndpoint: `ws://127.0.0.1:${port}` };
    apis.set(id, { routeSelectionExpression, description, definition, gateway });
    return description;
  }

  return {
    createApi,
    deleteApi: async (id) => {
      const gone = apis.get(id);
      apis.delete(id);
      await stopApi(gone);
    },
    createAuthorizer: (authorizer) => ({ id: find(authorizer.apiId).definition.addAuthorizer(authorizer) }),
    createIntegration: ({ apiId, integrationUri }) => ({ id: find(apiId).definition.addIntegration(integrationUri) }),
    createRoute: (route) => ({ id: find(route.apiId).definition.addRoute(route) }),
    createDeployment: ({ apiId }) => ({ id: stableId(`${find(apiId).description.id}/deployment`).slice(0, 6) }),
    createStage: (stage) => {
      const { definition, description } = find(stage.apiId);
      definition.addStage(stage);
      return {
        invokeUrl: `${description.apiEndpoint}/${stage.name}`,
        executionArn: `${description.executionArn}/${stage.name}`,
        arn: `${description.arn}/stages/${stage.name}`,
      };
    },
    // What is deleted may have gone with its API.
    deletePart: ({ apiId, kind, id }) => apis.get(apiId)?.definition.remove(kind, id),
    deleteStage: ({ apiId, name }) => apis.get(apiId)?.definition.removeStage(name),
    stop: async () => {
      await Promise.all([...apis.values()].map(stopApi));
    },
  };
}

async function stopApi(api: RunningApi | undefined): Promise<void> {
  if (!api) return;
  api.gateway.end();
  await closeServer(api.gateway.server, drainMs);
}
