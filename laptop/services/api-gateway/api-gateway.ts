import type { ApiGatewayService } from "./api-gateway-service.ts";
import { type ApiGatewayOptions, RestApis } from "./rest-apis.ts";

/** REST APIs, each served on a port of its own once it has a stage. */
export function createApiGateway(options: ApiGatewayOptions): ApiGatewayService {
  const apis = new RestApis(options);
  return {
    createRestApi: (given) => apis.put(given),
    deleteRestApi: (id) => apis.delete(id),
    createDeployment: ({ restApiId }) => apis.createDeployment(restApiId),
    createStage: async (stage) => apis.get(stage.restApiId).createStage(stage),
    putMethodSettings: (setting) => apis.get(setting.restApiId).api.stages.putMethodSettings(setting),
    putGatewayResponse: (response) => apis.get(response.restApiId).api.putGatewayResponse(response),
    // The API of a part that is deleted may be deleted already.
    deleteStage: ({ restApiId, stageName }) => apis.find(restApiId)?.api.stages.delete(stageName),
    deleteMethodSettings: (setting) => apis.find(setting.restApiId)?.api.stages.deleteMethodSettings(setting),
    deleteGatewayResponse: ({ restApiId, responseType }) =>
      apis.find(restApiId)?.api.deleteGatewayResponse(responseType),
    stop: () => apis.stop(),
  };
}
