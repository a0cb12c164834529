import type { WebSocketApiService } from "./websocket-api-service.ts";
import { WebSocketApis, type WebSocketApisOptions } from "./websocket-apis.ts";

/** WebSocket APIs, each on a port of its own. */
export function createWebSocketApis(options: WebSocketApisOptions): WebSocketApiService {
  const apis = new WebSocketApis(options);
  return {
    createApi: (given) => apis.put(given),
    deleteApi: (id) => apis.delete(id),
    createAuthorizer: (authorizer) => ({ id: apis.get(authorizer.apiId).addAuthorizer(authorizer) }),
    createIntegration: ({ apiId, integrationUri }) => ({ id: apis.get(apiId).addIntegration(integrationUri) }),
    createRoute: (route) => ({ id: apis.get(route.apiId).addRoute(route) }),
    createDeployment: ({ apiId }) => apis.createDeployment(apiId),
    createStage: (stage) => apis.createStage(stage),
    // The API of a part that is deleted may be deleted already.
    deletePart: ({ apiId, kind, id }) => apis.find(apiId)?.remove(kind, id),
    deleteStage: ({ apiId, name }) => apis.find(apiId)?.removeStage(name),
    stop: () => apis.stop(),
  };
}
