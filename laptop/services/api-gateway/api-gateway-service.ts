/** What `aws_api_gateway_rest_api` says. The id stays the same for the same name. */
export interface RestApiOptions {
  readonly name: string;
  /** OpenAPI 3.0 with `x-amazon-apigateway-*` extensions, parsed or as JSON text. */
  readonly body: unknown;
  /** Such as `text/csv`. Added to `x-amazon-apigateway-binary-media-types` of the body. */
  readonly binaryMediaTypes?: readonly string[];
}

export interface RestApiDescription {
  readonly id: string;
  readonly rootResourceId: string;
  readonly arn: string;
  /** `arn:aws:execute-api:<region>:<account>:<id>`, what permissions and policies name. */
  readonly executionArn: string;
}

/** What `aws_api_gateway_stage` says. An API answers once it has a stage. */
export interface StageOptions {
  readonly restApiId: string;
  readonly stageName: string;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface StageDescription {
  /** `http://127.0.0.1:<port>/<stage>` */
  readonly invokeUrl: string;
  readonly executionArn: string;
  readonly arn: string;
}

/** What `aws_api_gateway_method_settings` says; only throttling has an effect here. */
export interface MethodSettingsOptions {
  readonly restApiId: string;
  readonly stageName: string;
  /**
   * For all methods, two stars with a slash between them; else path and method in Terraform's form, such as
   * `orders~1{id}/GET`.
   */
  readonly methodPath: string;
  /** Requests a second; -1 or absent: no limit. */
  readonly throttlingRateLimit?: number;
  readonly throttlingBurstLimit?: number;
}

/** What `aws_api_gateway_gateway_response` says. It replaces the response of the same type in the body. */
export interface GatewayResponseOptions {
  readonly restApiId: string;
  /** Such as `MISSING_AUTHENTICATION_TOKEN` or `DEFAULT_4XX`. */
  readonly responseType: string;
  readonly statusCode?: number | string;
  /** By content type. */
  readonly responseTemplates?: Readonly<Record<string, string>>;
  /** Such as `{"gatewayresponse.header.Retry-After": "'5'"}`. */
  readonly responseParameters?: Readonly<Record<string, string>>;
}

export interface ApiGatewayService {
  /** An existing API uses the new body immediately, at the same address. Its stages and settings stay. */
  createRestApi(options: RestApiOptions): RestApiDescription;
  /** Stops listening, then waits for running requests (bounded). */
  deleteRestApi(id: string): Promise<void>;
  createDeployment(options: { readonly restApiId: string }): { readonly id: string };
  createStage(options: StageOptions): Promise<StageDescription>;
  deleteStage(options: Pick<StageOptions, "restApiId" | "stageName">): void;
  putMethodSettings(options: MethodSettingsOptions): void;
  deleteMethodSettings(options: Pick<MethodSettingsOptions, "restApiId" | "stageName" | "methodPath">): void;
  putGatewayResponse(options: GatewayResponseOptions): void;
  deleteGatewayResponse(options: Pick<GatewayResponseOptions, "restApiId" | "responseType">): void;
  /** Stops listening, then waits for running requests (bounded). */
  stop(): Promise<void>;
}
