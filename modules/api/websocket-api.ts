import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api/index.js";
import { Apigatewayv2Authorizer } from "@cdktf/provider-aws/lib/apigatewayv2-authorizer/index.js";
import { Apigatewayv2Deployment } from "@cdktf/provider-aws/lib/apigatewayv2-deployment/index.js";
import { Apigatewayv2Integration } from "@cdktf/provider-aws/lib/apigatewayv2-integration/index.js";
import { Apigatewayv2Route } from "@cdktf/provider-aws/lib/apigatewayv2-route/index.js";
import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage/index.js";
import { Construct } from "constructs";
import type { FunctionVariables, LambdaFunction } from "../compute/lambda-function.ts";
import type { Grantee } from "../identity/role.ts";
import { physicalName } from "../naming.ts";

const gatewayService = "apigateway.amazonaws.com";
/** The longest time that the gateway waits for a function. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
const integrationTimeoutMs = 29_000;
const routeKeys = ["$connect", "$disconnect", "$default"] as const;

export interface WebSocketApiProps {
  readonly name: string;
  /** Shown in API Gateway's console. */
  readonly description: string;
  /** Last part of the URL. @default live */
  readonly stageName?: string;
  /** New connections plus frames of all clients together, per second. @default 2,000, in bursts 4,000 */
  readonly throttle?: { readonly ratePerSecond: number; readonly burst: number };
}

export interface WebSocketFunctions {
  /** Handles every event of a connection. It is public, because it posts to connections. */
  readonly session: LambdaFunction<FunctionVariables, "public">;
  /** Checks the query parameter `token` of a client that connects. */
  readonly authorizer: LambdaFunction<FunctionVariables, "public">;
}

/** What a function may do to a connection: send a frame, read its state, or close it. */
export type ConnectionOperation = "POST" | "GET" | "DELETE";

/**
 * A WebSocket API that sends every event of a connection to one function. Its URL is known before its functions are
 * made, so their environment can contain it. Intents: `servedBy`, `grantConnections`.
 * @example
 * const api = new WebSocketApi(stack, "live", { name: "shop-live", description: "Orders as they change" });
 * api.grantConnections(publicFunction, "POST", "DELETE");
 * const address = api.servedBy({ session: publicFunction, authorizer: publicFunction }).invokeUrl;
 */
export class WebSocketApi extends Construct {
  readonly api: Apigatewayv2Api;
  readonly stageName: string;
  readonly #throttle: Required<WebSocketApiProps>["throttle"];

  constructor(scope: Construct, id: string, props: WebSocketApiProps) {
    super(scope, id);
    this.stageName = props.stageName ?? "live";
    this.#throttle = props.throttle ?? { ratePerSecond: 2_000, burst: 4_000 };
    this.api = new Apigatewayv2Api(this, "api", {
      name: physicalName("api", props.name),
      description: props.description,
      protocolType: "WEBSOCKET",
      routeSelectionExpression: "$request.body.action",
    });
  }

  /** URL with the stage, such as `wss://.../live`. Functions reach connections below it, over https. */
  get url(): string {
    return `${this.api.apiEndpoint}/${this.stageName}`;
  }

  /** Allows a function these operations on every connection of this API. */
  grantConnections(grantee: Grantee, ...operations: readonly [ConnectionOperation, ...ConnectionOperation[]]): void {
    grantee.role.allow({
      actions: ["execute-api:ManageConnections"],
      resources: operations.map((operation) => `${this.#stageArn}/${operation}/@connections/*`),
    });
  }

  /** Deploys the API: the authorizer checks each client that connects, and the session function gets every event. */
  servedBy({ session, authorizer }: WebSocketFunctions): Apigatewayv2Stage {
    const judge = new Apigatewayv2Authorizer(this, "authorizer", {
      apiId: this.api.id,
      name: "token",
      authorizerType: "REQUEST",
      authorizerUri: authorizer.fn.invokeArn,
      identitySources: ["route.request.querystring.token"],
    });
    const integration = new Apigatewayv2Integration(this, "session", {
      apiId: this.api.id,
      integrationType: "AWS_PROXY",
      integrationUri: session.fn.invokeArn,
      integrationMethod: "POST",
      timeoutMilliseconds: integrationTimeoutMs,
    });
    const routes = routeKeys.map(
      (routeKey) =>
        new Apigatewayv2Route(this, `route-${routeKey.slice(1)}`, {
          apiId: this.api.id,
          routeKey,
          target: `integrations/${integration.id}`,
          ...(routeKey === "$connect" && { authorizationType: "CUSTOM", authorizerId: judge.id }),
        }),
    );
    const permissions = [
      session.calledBy(`from-${this.node.id}`, gatewayService, `${this.#stageArn}/*`),
      authorizer.calledBy(`from-${this.node.id}`, gatewayService, `${this.api.executionArn}/authorizers/${judge.id}`),
    ];
    const deployment = new Apigatewayv2Deployment(this, "deployment", {
      apiId: this.api.id,
      // A deployment is a copy of the API. A change of any part in it must make a new deployment.
      triggers: {
        authorizer: `${judge.id} ${judge.authorizerUri}`,
        session: `${integration.id} ${integration.integrationUri}`,
        routes: routes.map((route) => route.id).join(" "),
      },
      dependsOn: routes,
      lifecycle: { createBeforeDestroy: true },
    });
    return new Apigatewayv2Stage(this, "stage", {
      apiId: this.api.id,
      name: this.stageName,
      deploymentId: deployment.id,
      defaultRouteSettings: {
        throttlingRateLimit: this.#throttle.ratePerSecond,
        throttlingBurstLimit: this.#throttle.burst,
      },
      dependsOn: permissions,
    });
  }

  get #stageArn(): string {
    return `${this.api.executionArn}/${this.stageName}`;
  }
}
