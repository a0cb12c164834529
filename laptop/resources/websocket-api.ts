import { defined } from "./defined.ts";
import { block, defineResource, ignored, notMonitored, number, only, text, textMap, texts } from "./resource.ts";

const oneAddress = "an API has one address here";

export const apigatewayv2Api = defineResource({
  type: "aws_apigatewayv2_api",
  arguments: {
    name: text(),
    protocol_type: only(["WEBSOCKET"], "HTTP APIs are not served; use aws_api_gateway_rest_api"),
    route_selection_expression: text(),
    description: ignored("descriptions have no effect"),
    disable_execute_api_endpoint: ignored(oneAddress),
    ip_address_type: ignored(oneAddress),
  },
  apply: async (args, { services }) => {
    const made = await services.webSocketApis.createApi({
      name: args.name,
      routeSelectionExpression: args.route_selection_expression,
    });
    return { id: made.id, arn: made.arn, execution_arn: made.executionArn, api_endpoint: made.apiEndpoint };
  },
  remove: (_, { services }, { id }) => services.webSocketApis.deleteApi(String(id)),
});

export const apigatewayv2Authorizer = defineResource({
  type: "aws_apigatewayv2_authorizer",
  arguments: {
    api_id: text(),
    name: text(),
    authorizer_type: only(["REQUEST"], "a WebSocket API has no other type"),
    authorizer_uri: text(),
    identity_sources: texts().default([]),
  },
  apply: (args, { services }) => {
    const { api_id: apiId, name, authorizer_uri: authorizerUri, identity_sources: identitySources } = args;
    const { id } = services.webSocketApis.createAuthorizer({ apiId, name, authorizerUri, identitySources });
    return { id };
  },
  remove: ({ api_id: apiId }, { services }, { id }) =>
    services.webSocketApis.deletePart({ apiId, kind: "authorizer", id: String(id) }),
});

export const apigatewayv2Integration = defineResource({
  type: "aws_apigatewayv2_integration",
  arguments: {
    api_id: text(),
    integration_type: only(["AWS_PROXY"], "only functions serve routes"),
    integration_uri: text(),
    integration_method: only(["POST"], "functions are called by POST").optional(),
    timeout_milliseconds: ignored("the time-out of the function applies"),
    description: ignored("descriptions have no effect"),
  },
  apply: (args, { services }) => {
    const { api_id: apiId, integration_uri: integrationUri } = args;
    const { id } = services.webSocketApis.createIntegration({ apiId, integrationUri });
    return { id };
  },
  remove: ({ api_id: apiId }, { services }, { id }) =>
    services.webSocketApis.deletePart({ apiId, kind: "integration", id: String(id) }),
});

export const apigatewayv2Route = defineResource({
  type: "aws_apigatewayv2_route",
  arguments: {
    api_id: text(),
    route_key: text(),
    target: text(),
    authorization_type: only(["NONE", "CUSTOM"], "only functions authorize connections").optional(),
    authorizer_id: text().optional(),
    operation_name: ignored("documentation has no effect"),
  },
  apply: (args, { services }) => {
    const { api_id: apiId, route_key: routeKey, target, authorizer_id: authorizerId } = args;
    const { id } = services.webSocketApis.createRoute(defined({ apiId, routeKey, target, authorizerId }));
    return { id };
  },
  remove: ({ api_id: apiId }, { services }, { id }) =>
    services.webSocketApis.deletePart({ apiId, kind: "route", id: String(id) }),
});

export const apigatewayv2Deployment = defineResource({
  type: "aws_apigatewayv2_deployment",
  arguments: {
    api_id: text(),
    triggers: ignored("each change of the API is deployed"),
    description: ignored("descriptions have no effect"),
  },
  apply: (args, { services }) => {
    const { id } = services.webSocketApis.createDeployment({ apiId: args.api_id });
    return { id, auto_deployed: false };
  },
  remove: "leaves nothing",
});

export const apigatewayv2Stage = defineResource({
  type: "aws_apigatewayv2_stage",
  arguments: {
    api_id: text(),
    name: text(),
    deployment_id: text().optional(),
    auto_deploy: ignored("each change of the API is deployed"),
    stage_variables: textMap().optional(),
    default_route_settings: block({
      throttling_rate_limit: number().optional(),
      throttling_burst_limit: number().optional(),
      data_trace_enabled: ignored(notMonitored),
      detailed_metrics_enabled: ignored(notMonitored),
      logging_level: ignored(notMonitored),
    }).optional(),
    access_log_settings: ignored("the laptop keeps its own logs"),
    description: ignored("descriptions have no effect"),
  },
  apply: (args, { services }) => {
    const made = services.webSocketApis.createStage(
      defined({
        apiId: args.api_id,
        name: args.name,
        variables: args.stage_variables,
        throttlingRateLimit: args.default_route_settings?.throttling_rate_limit,
        throttlingBurstLimit: args.default_route_settings?.throttling_burst_limit,
      }),
    );
    return {
      id: args.name,
      arn: made.arn,
      execution_arn: made.executionArn,
      invoke_url: made.invokeUrl,
    };
  },
  remove: ({ api_id: apiId, name }, { services }) => services.webSocketApis.deleteStage({ apiId, name }),
});
