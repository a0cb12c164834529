import { defined } from "./defined.ts";
import { arn } from "./naming.ts";
import { required } from "./registry.ts";
import {
  block,
  defineResource,
  ignored,
  notEncrypted,
  notMonitored,
  notTimed,
  number,
  only,
  text,
  textMap,
  texts,
} from "./resource.ts";

const notCached = "responses are not cached";
const oneAddress = "an API has one address here";

export const apiGatewayRestApi = defineResource({
  type: "aws_api_gateway_rest_api",
  arguments: {
    name: text(),
    body: text(),
    binary_media_types: texts().optional(),
    put_rest_api_mode: only(["overwrite"], "the body is the whole API").optional(),
    fail_on_warnings: ignored("the laptop always reads the body strictly"),
    description: ignored("descriptions have no effect"),
    endpoint_configuration: ignored(oneAddress),
    disable_execute_api_endpoint: ignored(oneAddress),
    minimum_compression_size: ignored("responses are not compressed"),
    timeouts: ignored(notTimed),
  },
  apply: async (args, { services }) => {
    const made = await services.apiGateway.createRestApi(
      defined({ name: args.name, body: args.body, binaryMediaTypes: args.binary_media_types }),
    );
    return {
      id: made.id,
      root_resource_id: made.rootResourceId,
      arn: made.arn,
      execution_arn: made.executionArn,
      created_date: "1970-01-01T00:00:00Z",
    };
  },
  remove: (_, { services }, { id }) => services.apiGateway.deleteRestApi(String(id)),
});

export const apiGatewayDeployment = defineResource({
  type: "aws_api_gateway_deployment",
  arguments: {
    rest_api_id: text(),
    triggers: ignored("each change of the API is deployed"),
    description: ignored("descriptions have no effect"),
  },
  apply: (args, { services }) => {
    const { id } = services.apiGateway.createDeployment({ restApiId: args.rest_api_id });
    return { id, created_date: "1970-01-01T00:00:00Z" };
  },
  remove: "leaves nothing",
});

export const apiGatewayStage = defineResource({
  type: "aws_api_gateway_stage",
  arguments: {
    rest_api_id: text(),
    stage_name: text(),
    deployment_id: text(),
    variables: textMap().optional(),
    description: ignored("descriptions have no effect"),
    access_log_settings: ignored("the laptop keeps its own logs"),
    xray_tracing_enabled: ignored(notMonitored),
    cache_cluster_enabled: ignored(notCached),
    cache_cluster_size: ignored(notCached),
    documentation_version: ignored("documentation has no effect"),
  },
  apply: async (args, { services }) => {
    const made = await services.apiGateway.createStage(
      defined({ restApiId: args.rest_api_id, stageName: args.stage_name, variables: args.variables }),
    );
    return {
      id: `ags-${args.rest_api_id}-${args.stage_name}`,
      arn: made.arn,
      execution_arn: made.executionArn,
      invoke_url: made.invokeUrl,
    };
  },
  remove: (args, { services }) =>
    services.apiGateway.deleteStage({ restApiId: args.rest_api_id, stageName: args.stage_name }),
});

export const apiGatewayMethodSettings = defineResource({
  type: "aws_api_gateway_method_settings",
  arguments: {
    rest_api_id: text(),
    stage_name: text(),
    method_path: text(),
    settings: block({
      throttling_rate_limit: number().optional(),
      throttling_burst_limit: number().optional(),
      metrics_enabled: ignored(notMonitored),
      logging_level: ignored(notMonitored),
      data_trace_enabled: ignored(notMonitored),
      caching_enabled: ignored(notCached),
      cache_ttl_in_seconds: ignored(notCached),
      cache_data_encrypted: ignored(notEncrypted),
      require_authorization_for_cache_control: ignored(notCached),
      unauthorized_cache_control_header_strategy: ignored(notCached),
    }),
  },
  apply: (args, { services }) => {
    services.apiGateway.putMethodSettings(
      defined({
        restApiId: args.rest_api_id,
        stageName: args.stage_name,
        methodPath: args.method_path,
        throttlingRateLimit: args.settings.throttling_rate_limit,
        throttlingBurstLimit: args.settings.throttling_burst_limit,
      }),
    );
    return { id: `${args.rest_api_id}-${args.stage_name}-${args.method_path}` };
  },
  remove: ({ rest_api_id: restApiId, stage_name: stageName, method_path: methodPath }, { services }) =>
    services.apiGateway.deleteMethodSettings({ restApiId, stageName, methodPath }),
});

export const apiGatewayGatewayResponse = defineResource({
  type: "aws_api_gateway_gateway_response",
  arguments: {
    rest_api_id: text(),
    response_type: text(),
    status_code: text().optional(),
    response_templates: textMap().optional(),
    response_parameters: textMap().optional(),
  },
  apply: (args, { services }) => {
    services.apiGateway.putGatewayResponse(
      defined({
        restApiId: args.rest_api_id,
        responseType: args.response_type,
        statusCode: args.status_code,
        responseTemplates: args.response_templates,
        responseParameters: args.response_parameters,
      }),
    );
    return { id: `aggr-${args.rest_api_id}-${args.response_type}` };
  },
  remove: (args, { services }) =>
    services.apiGateway.deleteGatewayResponse({ restApiId: args.rest_api_id, responseType: args.response_type }),
});

export const apiGatewayAccount = defineResource({
  type: "aws_api_gateway_account",
  arguments: { cloudwatch_role_arn: text().optional() },
  apply: (args, { registry, region }) => {
    const role = args.cloudwatch_role_arn;
    if (role !== undefined) required(registry.roleByArn(role), "role", role);
    return { id: "api-gateway-account", arn: arn("apigateway", region, "/account") };
  },
  remove: "leaves nothing",
});
