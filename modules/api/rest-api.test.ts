import type { TerraformStack } from "cdktf";
import { describe, expect, it } from "vitest";
import { type RateLimitName, rateLimits } from "../../contract/rate-limit.ts";
import type { Route } from "../../contract/route.ts";
import { routes } from "../../contract/routes.ts";
import { LambdaFunction, type LambdaFunctionProps, type Reach } from "../compute/lambda-function.ts";
import { Network } from "../network/network.ts";
import { emptyBundle, synthesize } from "../synthesized.fixture.ts";
import { RestApi, type RestApiProps } from "./rest-api.ts";

type NoVariables = Record<never, string>;
const names = [...new Set(Object.values(routes).map((route) => route.function))];

function made(changed: Partial<RestApiProps> = {}) {
  return synthesize((stack) => {
    const network = new Network(stack, "network", {
      name: "shop",
      region: "eu-west-1",
      range: "10.20.0.0/16",
      availabilityZones: ["eu-west-1a", "eu-west-1b"],
      interfaceEndpoints: [],
    });
    const functions = Object.fromEntries(names.map((name) => [name, fn(stack, name, { reach: "private", network })]));
    new RestApi(stack, "api", {
      name: "shop-api",
      description: "Orders",
      routes,
      functions,
      authorizer: fn(stack, "authorizer", { reach: "public" }),
      ...changed,
    });
  });
}

function fn<FunctionReach extends Reach>(
  stack: TerraformStack,
  name: string,
  placement: LambdaFunctionProps<NoVariables, FunctionReach>["placement"],
): LambdaFunction<NoVariables, FunctionReach> {
  const bundle = emptyBundle<NoVariables>();
  return new LambdaFunction<NoVariables, FunctionReach>(stack, name, {
    name,
    description: name,
    bundle,
    environment: {},
    placement,
  });
}

const ownTypes = /^aws_(api_gateway|lambda_permission)/;

describe("RestApi", () => {
  it("makes an API, a deployment, a stage, rates, and a permission to call each function", () => {
    const types = made()
      .types()
      .filter((type) => ownTypes.test(type));
    const throttled = Object.values<Route>(routes).filter((route) => !["read", "ticket"].includes(route.rateLimit));
    expect(types).toEqual([
      "aws_api_gateway_deployment", // a new one when the body changes
      "aws_api_gateway_method_settings", // all methods: the rate of reads
      ...throttled.map(() => "aws_api_gateway_method_settings"), // each command and report; a ticket as a read
      "aws_api_gateway_rest_api", // the body: routes, authorizers, CORS
      "aws_api_gateway_stage", // v1
      ...[...names, "authorizer"].map(() => "aws_lambda_permission"),
    ]);
  });

  it("deploys again when its body changes, and makes the new deployment before it deletes the old one", () => {
    expect(made().one("aws_api_gateway_deployment")).toMatchObject({
      triggers: { body: expect.stringMatching(/^\$\{sha1\(aws_api_gateway_rest_api\..+\.body\)\}$/) },
      lifecycle: { create_before_destroy: true },
    });
    expect(made().one("aws_api_gateway_stage")).toMatchObject({ stage_name: "v1" });
  });

  it("throttles each route by its rate limit", () => {
    const settings = made().all("aws_api_gateway_method_settings");
    for (const [operation, route] of Object.entries<Route>(routes)) {
      const path = `${route.path.replaceAll("/", "~1")}/${route.method}`;
      const found =
        settings.find((body) => body.method_path === path) ?? settings.find((body) => body.method_path === "*/*");
      const { ratePerSecond, burst } = rateLimits[route.rateLimit].gateway;
      expect(found?.settings, operation).toMatchObject({
        throttling_rate_limit: ratePerSecond,
        throttling_burst_limit: burst,
      });
    }
  });

  it("applies the settings of single methods after those of all methods, which would overwrite them", () => {
    const single = made()
      .all("aws_api_gateway_method_settings")
      .filter((body) => body.method_path !== "*/*");
    for (const body of single) expect(body.depends_on).toEqual([expect.stringContaining("api_throttle_")]);
  });

  it("allows routes to call functions and the gateway to call the authorizer, only for this API", () => {
    const sources = made()
      .all("aws_lambda_permission")
      .map((body) => String(body.source_arn).replace(/\$\{[^}]*execution_arn\}/, "<api>"));
    expect(sources.sort()).toEqual([...names.map(() => "<api>/*/*"), "<api>/authorizers/*"]);
  });

  it("uses the rates that it is given", () => {
    const limit = (ratePerSecond: number, burst: number) => ({ gateway: { ratePerSecond, burst } });
    const limits = { read: limit(5, 5), command: limit(6, 5), report: limit(7, 5), ticket: limit(5, 8) };
    const settings = made({ rateLimits: limits }).all("aws_api_gateway_method_settings");
    const rates = settings.map(({ settings }) => (settings as { throttling_rate_limit: number }).throttling_rate_limit);
    const rated = (name: RateLimitName) => Object.values<Route>(routes).filter(({ rateLimit }) => rateLimit === name);
    expect(rates.toSorted()).toEqual([
      5,
      ...rated("ticket").map(() => 5),
      ...rated("command").map(() => 6),
      ...rated("report").map(() => 7),
    ]);
  });

  it("refuses a function that serves no route", () => {
    const { listReports, getReport, listMovements, ...others } = routes;
    expect(() => made({ routes: others })).toThrow('no route is served by "reports"');
  });
});
