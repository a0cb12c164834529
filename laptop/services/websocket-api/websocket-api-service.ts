/** What `aws_apigatewayv2_api` says of a WebSocket API. The id stays the same for the same name. */
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
  /** `ws://127.0.0.1:<port>`; a stage is below it. */
  readonly apiEndpoint: string;
}

export interface AuthorizerOptions {
  readonly apiId: string;
  readonly name: string;
  /** Invoke ARN of a function. */
  readonly authorizerUri: string;
  /** Such as `route.request.querystring.token`; who lacks one is refused without asking. */
  readonly identitySources: readonly string[];
}

export interface RouteOptions {
  readonly apiId: string;
  /** `$connect`, `$disconnect`, `$default`, or what messages name. */
  readonly routeKey: string;
  /** `integrations/<id>` */
  readonly target: string;
  /** Of `$connect` alone. */
  readonly authorizerId?: string;
}

/** What `aws_apigatewayv2_stage` says; with it the API begins to answer. */
export interface StageOptions {
  readonly apiId: string;
  readonly name: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Upgrades and messages a second. @default no limit */
  readonly throttlingRateLimit?: number;
  readonly throttlingBurstLimit?: number;
}

export interface StageDescription {
  /** `ws://127.0.0.1:<port>/<stage>`; functions reach connections at the same place over HTTP. */
  readonly invokeUrl: string;
  readonly executionArn: string;
  readonly arn: string;
}

export interface WebSocketApiService {
  /**
   * Begins to listen, so that functions can be given the address; it answers 403 until there is a stage. An API that is
   * there keeps its parts and connections.
   */
  createApi(options: WebSocketApiOptions): Promise<WebSocketApiDescription>;
  /** Ends its connections. */
  deleteApi(id: string): Promise<void>;
  createAuthorizer(options: AuthorizerOptions): { readonly id: string };
  /** Lambda proxy integrations alone. */
  createIntegration(options: { readonly apiId: string; readonly integrationUri: string }): { readonly id: string };
  createRoute(options: RouteOptions): { readonly id: string };
  createDeployment(options: { readonly apiId: string }): { readonly id: string };
  createStage(options: StageOptions): StageDescription;
  /** By the id that its creation gave; connections stay open. */
  deletePart(options: {
    readonly apiId: string;
    readonly kind: "authorizer" | "integration" | "route";
    readonly id: string;
  }): void;
  deleteStage(options: Pick<StageOptions, "apiId" | "name">): void;
  /** Ends all connections and stops listening. */
  stop(): Promise<void>;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export interface WebSocketLimits {
  readonly frameBytesMax: number;
  readonly messageBytesMax: number;
  /** A connection on which nothing is sent either way ends. */
  readonly idleMs: number;
  readonly connectionMsMax: number;
}

export const awsLimits: WebSocketLimits = {
  frameBytesMax: 32 * 1024,
  messageBytesMax: 128 * 1024,
  idleMs: 10 * 60_000,
  connectionMsMax: 2 * 60 * 60_000,
};
