import { describe, expect, it } from "vitest";
import { LambdaFunction } from "../compute/lambda-function.ts";
import { emptyBundle, synthesize } from "../synthesized.fixture.ts";
import { WebSocketApi, type WebSocketApiProps } from "./websocket-api.ts";

type Address = { readonly URL: string };

function made(changed: Partial<WebSocketApiProps> = {}) {
  return synthesize((stack) => {
    const api = new WebSocketApi(stack, "live", { name: "shop-live", description: "Orders, live", ...changed });
    const fn = (name: string) =>
      new LambdaFunction<Address, "public">(stack, name, {
        name,
        description: name,
        bundle: emptyBundle<Address>(),
        placement: { reach: "public" },
        environment: { URL: api.url },
      });
    const session = fn("session");
    api.grantConnections(session, "POST", "DELETE");
    api.servedBy({ session, authorizer: fn("authorizer") });
  });
}

describe("WebSocketApi", () => {
  it("makes an API with three routes, one integration, an authorizer and a stage", () => {
    const own = made()
      .types()
      .filter((type) => /apigatewayv2|lambda_permission/.test(type));
    expect(own).toEqual([
      "aws_apigatewayv2_api",
      "aws_apigatewayv2_authorizer", // of $connect
      "aws_apigatewayv2_deployment", // a new one when a part changes
      "aws_apigatewayv2_integration", // the session
      ...["$connect", "$disconnect", "$default"].map(() => "aws_apigatewayv2_route"),
      "aws_apigatewayv2_stage",
      ...["session", "authorizer"].map(() => "aws_lambda_permission"),
    ]);
  });

  it("checks the query parameter token when a client connects, and not afterwards", () => {
    expect(made().one("aws_apigatewayv2_authorizer")).toMatchObject({
      authorizer_type: "REQUEST",
      identity_sources: ["route.request.querystring.token"],
    });
    const authorized = made()
      .all("aws_apigatewayv2_route")
      .filter((route) => route.authorization_type === "CUSTOM");
    expect(authorized).toEqual([expect.objectContaining({ route_key: "$connect" })]);
  });

  it("gives its URL to functions before it is deployed, without a circular reference", () => {
    const [session] = made().all("aws_lambda_function");
    expect(session?.environment).toEqual({
      variables: { URL: expect.stringMatching(/^\$\{aws_apigatewayv2_api\.[^.]+\.api_endpoint\}\/live$/) },
    });
  });

  it("deploys after its routes, and makes the new deployment before it deletes the old one", () => {
    expect(made().one("aws_apigatewayv2_deployment")).toMatchObject({
      triggers: {
        authorizer: expect.stringContaining("aws_apigatewayv2_authorizer"),
        session: expect.stringContaining("aws_apigatewayv2_integration"),
        routes: expect.stringMatching(/(aws_apigatewayv2_route.*){3}/),
      },
      depends_on: expect.arrayContaining([expect.stringContaining("route-default")]),
      lifecycle: { create_before_destroy: true },
    });
  });

  it("throttles, and limits the permissions of functions to its stage", () => {
    const output = made({ stageName: "live", throttle: { ratePerSecond: 5, burst: 7 } });
    expect(output.one("aws_apigatewayv2_stage")).toMatchObject({
      name: "live",
      default_route_settings: { throttling_rate_limit: 5, throttling_burst_limit: 7 },
    });
    const sources = output.all("aws_lambda_permission").map((body) => String(body.source_arn));
    expect(sources.map((source) => source.replaceAll(/\$\{[^}]*\.(\w+)\}/g, "<$1>")).sort()).toEqual([
      "<execution_arn>/authorizers/<id>",
      "<execution_arn>/live/*",
    ]);
    expect(output.statements("session").at(-1)).toMatchObject({
      Action: ["execute-api:ManageConnections"],
      Resource: [
        expect.stringMatching(/\/live\/POST\/@connections\/\*$/),
        expect.stringMatching(/\/live\/DELETE\/@connections\/\*$/),
      ],
    });
  });
});
