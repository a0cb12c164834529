/** What `aws_apigatewayv2_api` says about a WebSocket API. The id stays the same for the same name. */
export interface WebSocketApiOptions {
  readonly name: string;
  /** Such as `$request.body.action`: where a message says which route it is for. */
  readonly routeSelectionExpression: string;
}

export interface WebSocketApiDescription {
  readonly id: string;
  readonly arn: string;
  /** `arn:aws:execute-api:<region>:<account>:<id>`, what permissions and policies name. */
  readonly executionArn: string;
  /** `ws://127.0.0.1:<port>`, the base of the stages' addresses. */
  readonly apiEndpoint: string;
}

export interface AuthorizerOptions {
  readonly apiId: string;
  readonly name: string;
  /** Invoke ARN of a function. */
  readonly authorizerUri: string;
  /** Such as `route.request.querystring.token`. An upgrade that lacks one is refused without a call of the function. */
  readonly identitySources: readonly string[];
}

export interface RouteOptions {
  readonly apiId: string;
  /** `$connect`, `$disconnect`, `$default`, or a key that messages name. */
  readonly routeKey: string;
  /** `integrations/<id>` */
  readonly target: string;
  /** Only for `$connect`. */
  readonly authorizerId?: string;
}

/** What `aws_apigatewayv2_stage` says. An API answers once it has a stage. */
export interface WebSocketStageOptions {
  readonly apiId: string;
  readonly name: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Upgrades and messages a second. @default no limit */
  readonly throttlingRateLimit?: number;
  readonly throttlingBurstLimit?: number;
}

export interface WebSocketStageDescription {
  /** `ws://127.0.0.1:<port>/<stage>`. Functions reach connections over HTTP at the same address. */
  readonly invokeUrl: string;
  readonly executionArn: string;
  readonly arn: string;
}

export interface WebSocketApiService {
  /**
   * Starts to listen immediately, because functions need the address; it answers 403 until there is a stage. An API
   * that exists keeps its parts and connections.
   */
  createApi(options: WebSocketApiOptions): Promise<WebSocketApiDescription>;
  /** Ends the connections of the API. */
  deleteApi(id: string): Promise<void>;
  createAuthorizer(options: AuthorizerOptions): { readonly id: string };
  /** Only Lambda proxy integrations. */
  createIntegration(options: { readonly apiId: string; readonly integrationUri: string }): { readonly id: string };
  createRoute(options: RouteOptions): { readonly id: string };
  createDeployment(options: { readonly apiId: string }): { readonly id: string };
  createStage(options: WebSocketStageOptions): WebSocketStageDescription;
  /** Takes the id that the creation gave. Connections stay open. */
  deletePart(options: {
    readonly apiId: string;
    readonly kind: "authorizer" | "integration" | "route";
    readonly id: string;
  }): void;
  deleteStage(options: Pick<WebSocketStageOptions, "apiId" | "name">): void;
  /** Ends all connections and stops listening. */
  stop(): Promise<void>;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export interface WebSocketLimits {
  readonly frameBytesMax: number;
  readonly messageBytesMax: number;
  /** After this time without a message in either direction, a connection ends. */
  readonly idleMs: number;
  readonly connectionMsMax: number;
}

export const awsLimits: WebSocketLimits = {
  frameBytesMax: 32 * 1024,
  messageBytesMax: 128 * 1024,
  idleMs: 10 * 60_000,
  connectionMsMax: 2 * 60 * 60_000,
};
