import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment/index.js";
import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings/index.js";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api/index.js";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage/index.js";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { type Rate, type RateLimit, type RateLimitName, rateLimits } from "../../contract/rate-limit.ts";
import type { Route } from "../../contract/route.ts";
import type { FunctionVariables, LambdaFunction } from "../compute/lambda-function.ts";
import { physicalName } from "../naming.ts";
import { openApiBody, type RouteTable } from "./openapi.ts";

const gatewayService = "apigateway.amazonaws.com";

export interface RestApiProps<Name extends string = string> {
  readonly name: string;
  /** Shown in API Gateway's console. */
  readonly description: string;
  /** The routes. Each names the function that serves it. */
  readonly routes: RouteTable<Name>;
  /**
   * Every function that a route names; leaving one out does not compile. They are private, because they use resources
   * of the network.
   */
  readonly functions: NoInfer<Readonly<Record<Name, LambdaFunction<FunctionVariables, "private">>>>;
  /** Checks tokens. It is public, because it fetches keys from the issuer. */
  readonly authorizer: LambdaFunction<FunctionVariables, "public">;
  /** Operations that need no token and check none. @default none */
  readonly open?: readonly string[];
  /** `private`: public routes require a token too. @default public */
  readonly publicRoutes?: "public" | "private";
  /** First part of every path. @default v1 */
  readonly stageName?: string;
  /** Requests that all clients together may send to one route, by the route's rate limit. @default the contract's */
  readonly rateLimits?: Readonly<Record<RateLimitName, Pick<RateLimit, "gateway">>>;
}

/**
 * A REST API made from a table of routes. API Gateway sends each route to its function and throttles it by its rate
 * limit. A change of the table makes a new deployment.
 * @throws when no route names one of the functions
 * @example
 * new RestApi(stack, "api", {
 *   name: "shop",
 *   description: "Orders",
 *   routes: { getHealth: routes.getHealth },
 *   functions: { catalogue: privateFunction },
 *   authorizer: publicFunction,
 *   open: ["getHealth"],
 * });
 */
export class RestApi<Name extends string = string> extends Construct {
  readonly api: ApiGatewayRestApi;
  readonly deployment: ApiGatewayDeployment;
  readonly stage: ApiGatewayStage;

  constructor(scope: Construct, id: string, props: RestApiProps<Name>) {
    super(scope, id);
    this.api = new ApiGatewayRestApi(this, "api", {
      name: physicalName("api", props.name),
      description: props.description,
      endpointConfiguration: { types: ["REGIONAL"] },
      body: JSON.stringify(
        openApiBody({
          title: props.name,
          version: props.stageName ?? "v1",
          routes: props.routes,
          integrations: invokeArns<Name>(props.functions),
          authorizer: props.authorizer.fn.invokeArn,
          open: new Set(props.open),
          publicRoutes: props.publicRoutes ?? "public",
        }),
      ),
    });
    this.deployment = new ApiGatewayDeployment(this, "deployment", {
      restApiId: this.api.id,
      triggers: { body: Fn.sha1(this.api.body) },
      lifecycle: { createBeforeDestroy: true },
    });
    this.stage = new ApiGatewayStage(this, "stage", {
      restApiId: this.api.id,
      deploymentId: this.deployment.id,
      stageName: props.stageName ?? "v1",
      xrayTracingEnabled: true,
    });
    this.#throttle(props);
    this.#permit(props);
  }

  /** URL with the stage, such as `https://.../v1`. */
  get url(): string {
    return this.stage.invokeUrl;
  }

  #throttle(props: RestApiProps<Name>): void {
    const limits = props.rateLimits ?? rateLimits;
    const { gateway: ofReads } = limits.read;
    const all = this.#settings("throttle", "*/*", ofReads);
    for (const [operation, route] of Object.entries<Route>(props.routes)) {
      const { gateway } = limits[route.rateLimit];
      if (isSameRate(gateway, ofReads)) continue;
      this.#settings(`throttle-${operation}`, methodPath(route), gateway, all);
    }
  }

  /** `after`: the settings of all methods. They overwrite those of a single method, so they must be applied first. */
  #settings(id: string, methodPath: string, rate: Rate, after?: ApiGatewayMethodSettings): ApiGatewayMethodSettings {
    return new ApiGatewayMethodSettings(this, id, {
      restApiId: this.api.id,
      stageName: this.stage.stageName,
      methodPath,
      settings: { throttlingRateLimit: rate.ratePerSecond, throttlingBurstLimit: rate.burst },
      dependsOn: after && [after],
    });
  }

  #permit(props: RestApiProps<Name>): void {
    for (const [name, fn] of Object.entries<LambdaFunction<FunctionVariables, "private">>(props.functions)) {
      fn.calledBy(`from-${this.node.id}`, gatewayService, `${this.api.executionArn}/*/*`);
      if (!Object.values<Route>(props.routes).some((route) => route.function === name)) {
        throw new Error(
          `${this.node.path}: no route is served by "${name}". Take the function off the API, or add its routes.`,
        );
      }
    }
    props.authorizer.calledBy(`from-${this.node.id}`, gatewayService, `${this.api.executionArn}/authorizers/*`);
  }
}

const isSameRate = (one: Rate, other: Rate): boolean =>
  one.ratePerSecond === other.ratePerSecond && one.burst === other.burst;

/** Returns the gateway's name of a method. Each slash of the path, also the first, becomes `~1`. */
function methodPath(route: Route): string {
  return `${route.path.replaceAll("/", "~1")}/${route.method}`;
}

function invokeArns<Name extends string>(
  functions: Readonly<Record<Name, LambdaFunction>>,
): Readonly<Record<Name, string>> {
  const arns = Object.entries<LambdaFunction>(functions).map(([name, { fn }]) => [name, fn.invokeArn]);
  // The entries have the names of the record that they come from; TypeScript does not see that.
  return Object.fromEntries(arns);
}
