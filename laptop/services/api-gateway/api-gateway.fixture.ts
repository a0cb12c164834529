import { afterEach } from "vitest";
import type { LogLine } from "../context.ts";
import type { LambdaService } from "../lambda/lambda-service.ts";
import { contextOf, deploy, type manualTimers, startLambdaWith } from "../services.fixture.ts";
import { openServiceState } from "../state.ts";
import { createWaf } from "../waf/waf.ts";
import { createApiGateway } from "./api-gateway.ts";
import type { RestApiOptions } from "./api-gateway-service.ts";

const echo = `export const handler = async (event) => {
  if (event.path === "/broken") return { nonsense: true };
  if (event.path === "/thrown") throw new Error("secret detail");
  if (event.path === "/bytes") return { statusCode: 200, headers: { "content-type": "text/csv" }, isBase64Encoded: true, body: Buffer.from("a,b").toString("base64") };
  if (event.path === "/headers") return { statusCode: 201, headers: { ETag: '"1"', "WWW-Authenticate": "x" }, multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] }, body: "" };
  if (event.path === "/slow") await new Promise((resolve) => setTimeout(resolve, 2_000));
  return { statusCode: 200, body: JSON.stringify(event) };
};`;

const guard = `let calls = 0;
export const handler = async (event) => {
  calls += 1;
  const header = Object.entries(event.headers).find(([name]) => name.toLowerCase() === "authorization")?.[1] ?? "none";
  if (header === "bad") throw new Error("Unauthorized");
  if (header === "crash") throw new Error("no keys");
  const Effect = header === "denied" ? "Deny" : "Allow";
  const Resource = header === "elsewhere" ? "arn:aws:execute-api:*:*:other/*" : header === "only-here" ? event.methodArn : event.methodArn.split("/").slice(0, 2).join("/") + "/*";
  return {
    principalId: header,
    policyDocument: { Version: "2012-10-17", Statement: [{ Action: "execute-api:Invoke", Effect, Resource }] },
    context: { calls, scope: "read write" },
  };
};`;

const uri = (name: string) =>
  `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:000000000000:function:${name}/invocations`;
const toEcho = { "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri: uri("echo") } };
const guarded = { ...toEcho, security: [{ token: [] }] };

/** The OpenAPI body of the API under test. */
export const body = {
  openapi: "3.0.1",
  paths: {
    "/things/{id}": { get: toEcho, post: toEcho },
    "/things/special": { get: toEcho },
    "/files/{path+}": { "x-amazon-apigateway-any-method": toEcho },
    "/broken": { get: toEcho },
    "/thrown": { get: toEcho },
    "/bytes": { get: toEcho },
    "/headers": { get: toEcho },
    "/slow": {
      get: {
        "x-amazon-apigateway-integration": { ...toEcho["x-amazon-apigateway-integration"], timeoutInMillis: 200 },
      },
    },
    "/unpermitted": { get: { "x-amazon-apigateway-integration": { type: "aws_proxy", uri: uri("unpermitted") } } },
    "/guarded/{id}": { get: guarded },
    "/optional": { get: { ...toEcho, security: [{ optional: [] }] } },
    "/things": {
      options: {
        "x-amazon-apigateway-integration": {
          type: "mock",
          requestTemplates: { "application/json": '{"statusCode": 204}' },
          responses: {
            default: {
              statusCode: "204",
              responseParameters: { "method.response.header.Access-Control-Allow-Methods": "'GET,POST'" },
            },
          },
        },
      },
    },
  },
  components: {
    securitySchemes: {
      token: {
        type: "apiKey",
        name: "Authorization",
        in: "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {
          type: "request",
          identitySource: "method.request.header.Authorization",
          authorizerUri: uri("guard"),
          authorizerResultTtlInSeconds: 300,
        },
      },
      optional: {
        type: "apiKey",
        name: "Authorization",
        in: "header",
        "x-amazon-apigateway-authorizer": {
          type: "request",
          authorizerUri: uri("guard"),
          authorizerResultTtlInSeconds: 0,
        },
      },
    },
  },
  "x-amazon-apigateway-binary-media-types": ["text/csv"],
  "x-amazon-apigateway-gateway-responses": {
    MISSING_AUTHENTICATION_TOKEN: {
      statusCode: 404,
      responseParameters: { "gatewayresponse.header.X-Kind": "'problem'" },
      responseTemplates: {
        "application/problem+json":
          '{"status":404,"detail":$context.error.messageString,"instance":"$context.path","id":"$context.requestId"}',
      },
    },
  },
};

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** The API `things` with the stage `v1`; it stops after the test. */
export async function startApi(
  options: { api?: Partial<RestApiOptions>; timers?: ReturnType<typeof manualTimers>["timers"] } = {},
) {
  const lines: LogLine[] = [];
  const context = contextOf({ lines, ...(options.timers ? { timers: options.timers } : {}) });
  const { lambda } = await startLambdaWith(context, echo, { name: "echo" });
  stops.push(() => lambda.stop());
  await deploy(lambda, guard, { name: "guard" });
  await deploy(lambda, echo, { name: "unpermitted" });
  const gateway = createApiGateway({ ...context, lambda, waf: createWaf(context), state: openServiceState(context) });
  stops.push(() => gateway.stop());
  const { id, executionArn } = await gateway.createRestApi({ name: "things", body, ...options.api });
  permit(lambda, executionArn);
  const { invokeUrl } = await gateway.createStage({ restApiId: id, stageName: "v1" });
  return {
    gateway,
    lambda,
    id,
    lines,
    invokeUrl,
    request: (path: string, init?: RequestInit) => fetch(invokeUrl + path, init),
  };
}

function permit(lambda: LambdaService, executionArn: string): void {
  for (const name of ["echo", "guard"]) {
    lambda.addPermission({
      function: name,
      statementId: "api",
      principal: "apigateway.amazonaws.com",
      sourceArn: `${executionArn}/*`,
    });
  }
}
