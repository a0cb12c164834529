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
  /** Each names the function that serves it. */
  readonly routes: RouteTable<Name>;
  /** Every function that a route names; leaving one out does not compile. Private, as they reach what the network keeps. */
  readonly functions: NoInfer<Readonly<Record<Name, LambdaFunction<FunctionVariables, "private">>>>;
  /** Judges tokens; public, as it fetches keys from the issuer. */
  readonly authorizer: LambdaFunction<FunctionVariables, "public">;
  /** Operations that look at no token. @default none */
  readonly open?: readonly string[];
  /** Whether public routes want a token all the same. @default public */
  readonly publicRoutes?: "public" | "private";
  /** First part of every path. @default v1 */
  readonly stageName?: string;
  /** What all clients together may send to one route, by the rate limit that the route names. @default the contract's */
  readonly rateLimits?: Readonly<Record<RateLimitName, Pick<RateLimit, "gateway">>>;
}

/**
 * A REST API from a table of routes: each is proxied to its function and throttled by its rate limit. A changed table
 * makes a new deployment.
 * @throws when a function is given that no route names
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

  /** Address with the stage, such as `https://.../v1`. */
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

  /** `after`: settings of all methods overwrite those of one, so they go first. */
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

/** The gateway's name of a method: slashes of the path, the first one too, are written `~1`. */
function methodPath(route: Route): string {
  return `${route.path.replaceAll("/", "~1")}/${route.method}`;
}

function invokeArns<Name extends string>(
  functions: Readonly<Record<Name, LambdaFunction>>,
): Readonly<Record<Name, string>> {
  const arns = Object.entries<LambdaFunction>(functions).map(([name, { fn }]) => [name, fn.invokeArn]);
  // The entries have the names of the record that they were made of; TypeScript does not follow that.
  return Object.fromEntries(arns);
}
