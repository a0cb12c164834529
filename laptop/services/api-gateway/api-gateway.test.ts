import { afterEach, describe, expect, it } from "vitest";
import type { LogLine } from "../context.ts";
import type { LambdaService } from "../lambda/lambda-service.ts";
import { contextOf, deploy, eventually, manualTimers, startLambdaWith } from "../services.fixture.ts";
import { openState } from "../state.ts";
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

const body = {
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

async function start(
  options: { api?: Partial<RestApiOptions>; timers?: ReturnType<typeof manualTimers>["timers"] } = {},
) {
  const lines: LogLine[] = [];
  const context = contextOf({ lines, ...(options.timers ? { timers: options.timers } : {}) });
  const { lambda } = await startLambdaWith(context, echo, { name: "echo" });
  stops.push(() => lambda.stop());
  await deploy(lambda, guard, { name: "guard" });
  await deploy(lambda, echo, { name: "unpermitted" });
  const gateway = createApiGateway({ ...context, lambda, waf: createWaf(context), state: openState(context) });
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

describe("proxy integration", () => {
  it("hands the function the request in payload format 1.0", async () => {
    const { request } = await start();
    const response = await request("/things/a%20b?x=1&x=2&y=%C3%A4", {
      method: "POST",
      body: "hällo",
      headers: { "X-Twice": "1", "Content-Type": "text/plain" },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    const event = JSON.parse(await response.text());
    expect(event).toMatchObject({
      resource: "/things/{id}",
      path: "/things/a%20b",
      httpMethod: "POST",
      queryStringParameters: { x: "2", y: "ä" },
      multiValueQueryStringParameters: { x: ["1", "2"], y: ["ä"] },
      pathParameters: { id: "a%20b" },
      stageVariables: null,
      body: "hällo",
      isBase64Encoded: false,
      requestContext: {
        stage: "v1",
        resourcePath: "/things/{id}",
        path: "/v1/things/a%20b",
        httpMethod: "POST",
        identity: { sourceIp: "127.0.0.1" },
      },
    });
    expect(event.requestContext.requestId).toBe(response.headers.get("x-amzn-requestid"));
    expect(event.headers["X-Forwarded-Proto"]).toBe("http");
  });

  it("gives null where there is no query, parameter or body", async () => {
    const { request } = await start();
    const event = JSON.parse(await (await request("/things/special")).text());
    expect(event).toMatchObject({
      resource: "/things/special",
      pathParameters: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      body: null,
      isBase64Encoded: false,
    });
  });

  it("matches a greedy parameter and any method", async () => {
    const { request } = await start();
    const event = JSON.parse(await (await request("/files/a/b/c", { method: "DELETE" })).text());
    expect(event).toMatchObject({
      resource: "/files/{path+}",
      httpMethod: "DELETE",
      pathParameters: { path: "a/b/c" },
    });
  });

  it("passes a binary body as base64 and gives bytes back to who accepts them", async () => {
    const { request } = await start();
    const sent = JSON.parse(
      await (
        await request("/things/1", {
          method: "POST",
          body: "a,b",
          headers: { "Content-Type": "text/csv; charset=utf-8" },
        })
      ).text(),
    );
    expect([sent.isBase64Encoded, Buffer.from(sent.body, "base64").toString()]).toEqual([true, "a,b"]);
    expect(await (await request("/bytes", { headers: { Accept: "text/csv" } })).text()).toBe("a,b");
    expect(await (await request("/bytes", { headers: { Accept: "application/json" } })).text()).toBe("YSxi");
  });

  it("gives the response's headers back, several values too, and renames WWW-Authenticate", async () => {
    const { request } = await start();
    const response = await request("/headers");
    expect(response.status).toBe(201);
    expect(response.headers.get("etag")).toBe('"1"');
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(response.headers.get("x-amzn-remapped-www-authenticate")).toBe("x");
  });

  it("answers 502 for what is no response and for a function that fails, without its message", async () => {
    const { request, lines } = await start();
    for (const path of ["/broken", "/thrown"]) {
      const response = await request(path);
      expect([response.status, await response.json()]).toEqual([502, { message: "Internal server error" }]);
    }
    expect(lines.some(({ line }) => line.includes("INTEGRATION_FAILURE") && line.includes("secret detail"))).toBe(true);
  });

  it("answers 504 when the function takes too long", async () => {
    const { request } = await start();
    const response = await request("/slow");
    expect([response.status, await response.json()]).toEqual([504, { message: "Endpoint request timed out" }]);
  });

  it("answers 500 when the function does not permit the route", async () => {
    const { request, lines } = await start();
    const response = await request("/unpermitted");
    expect([response.status, await response.json()]).toEqual([500, { message: "Internal server error" }]);
    expect(lines.some(({ line }) => line.includes("has no permission to invoke unpermitted"))).toBe(true);
  });

  it("answers a mock integration, as a preflight is", async () => {
    const { request } = await start();
    const response = await request("/things", { method: "OPTIONS" });
    expect([response.status, response.headers.get("access-control-allow-methods")]).toEqual([204, "GET,POST"]);
  });

  it("refuses a body past 10 MB", async () => {
    const { request } = await start();
    const response = await request("/things/1", { method: "POST", body: Buffer.alloc(10 * 1024 * 1024 + 1) });
    expect([response.status, await response.json()]).toEqual([413, { message: "Request Too Long" }]);
  });
});

describe("gateway responses", () => {
  it("renders the template of an unknown route with its status and headers", async () => {
    const { request } = await start();
    for (const [path, method] of [
      ["/nothing", "GET"],
      ["/things/1", "PUT"],
    ] as const) {
      const response = await request(path, { method });
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(response.headers.get("x-kind")).toBe("problem");
      expect(await response.json()).toEqual({
        status: 404,
        detail: "Missing Authentication Token",
        instance: `/v1${path}`,
        id: response.headers.get("x-amzn-requestid"),
      });
    }
  });

  it("answers 403 on a stage that is not there", async () => {
    const { invokeUrl } = await start();
    const response = await fetch(invokeUrl.replace("/v1", "/v2/things/1"));
    expect([response.status, await response.json()]).toEqual([403, { message: "Forbidden" }]);
  });

  it("prefers what was put apart from the body, and DEFAULT_4XX where a type has none", async () => {
    const { gateway, id, request } = await start();
    gateway.putGatewayResponse({
      restApiId: id,
      responseType: "DEFAULT_4XX",
      responseTemplates: { "application/json": '{"kind":"$context.error.responseType"}' },
    });
    gateway.putGatewayResponse({ restApiId: id, responseType: "MISSING_AUTHENTICATION_TOKEN", statusCode: "410" });
    expect((await request("/nothing")).status).toBe(410);
    const unauthorized = await request("/guarded/1");
    expect([unauthorized.status, await unauthorized.json()]).toEqual([401, { kind: "UNAUTHORIZED" }]);
  });
});

describe("authorizer", () => {
  const as = (token: string) => ({ headers: { Authorization: token } });

  it("refuses without the identity, with a bad one, by policy and when the function fails", async () => {
    const { request } = await start();
    expect((await request("/guarded/1")).status).toBe(401);
    expect((await request("/guarded/1", as("bad"))).status).toBe(401);
    expect((await request("/guarded/1", as("elsewhere"))).status).toBe(403);
    const denied = await request("/guarded/1", as("denied"));
    expect([denied.status, await denied.json()]).toEqual([
      403,
      { message: "User is not authorized to access this resource with an explicit deny" },
    ]);
    expect((await request("/guarded/1", as("crash"))).status).toBe(500);
  });

  it("hands its context to the function as texts and asks once within its TTL", async () => {
    const clock = manualTimers();
    const { request } = await start({ timers: clock.timers });
    const contextFor = async (path: string, token: string) =>
      JSON.parse(await (await request(path, as(token))).text()).requestContext.authorizer;
    expect(await contextFor("/guarded/1", "anna")).toEqual({ principalId: "anna", calls: "1", scope: "read write" });
    expect(await contextFor("/guarded/2", "anna")).toEqual({ principalId: "anna", calls: "1", scope: "read write" });
    expect(await contextFor("/guarded/1", "bert")).toEqual({ principalId: "bert", calls: "2", scope: "read write" });
    clock.advance(299_000);
    expect((await contextFor("/guarded/1", "anna")).calls).toBe("1");
    clock.advance(1_000);
    expect((await contextFor("/guarded/1", "anna")).calls).toBe("3");
  });

  it("evaluates a remembered policy for each method", async () => {
    const { request } = await start();
    expect((await request("/guarded/1", as("only-here"))).status).toBe(200);
    expect((await request("/guarded/2", as("only-here"))).status).toBe(403);
  });

  it("asks every time without an identity source, callers without a token included", async () => {
    const { request } = await start();
    const callsSeen = async (init?: RequestInit) =>
      JSON.parse(await (await request("/optional", init)).text()).requestContext.authorizer.calls;
    expect([await callsSeen(), await callsSeen(), await callsSeen(as("anna"))]).toEqual(["1", "2", "3"]);
    expect((await request("/optional", as("bad"))).status).toBe(401);
  });
});

describe("throttling", () => {
  it("answers 429 past the burst and lets in again at the rate", async () => {
    const clock = manualTimers();
    const { gateway, id, request } = await start({ timers: clock.timers });
    gateway.putMethodSettings({
      restApiId: id,
      stageName: "v1",
      methodPath: "*/*",
      throttlingRateLimit: 10,
      throttlingBurstLimit: 2,
    });
    const statuses = async (count: number) => {
      const seen: number[] = [];
      for (let index = 0; index < count; index += 1) seen.push((await request("/things/1")).status);
      return seen;
    };
    expect(await statuses(3)).toEqual([200, 200, 429]);
    clock.advance(100);
    expect(await statuses(2)).toEqual([200, 429]);
  });

  it("has settings of one method win", async () => {
    const { gateway, id, request } = await start({ timers: manualTimers().timers });
    gateway.putMethodSettings({
      restApiId: id,
      stageName: "v1",
      methodPath: "*/*",
      throttlingRateLimit: 0,
      throttlingBurstLimit: 0,
    });
    gateway.putMethodSettings({
      restApiId: id,
      stageName: "v1",
      methodPath: "things~1{id}/GET",
      throttlingRateLimit: -1,
    });
    expect((await request("/things/1")).status).toBe(200);
    expect((await request("/things/special")).status).toBe(429);
  });
});

describe("createRestApi", () => {
  it("names the route that cannot be served", async () => {
    const wrong = {
      openapi: "3.0.1",
      paths: {
        "/far": { get: { "x-amazon-apigateway-integration": { type: "http_proxy", uri: "https://example.com" } } },
      },
    };
    await expect(start({ api: { body: wrong } })).rejects.toThrow(
      "API things: GET /far: an integration of type http_proxy does not run here",
    );
  });

  it("serves several APIs, each on a port of its own", async () => {
    const { gateway, invokeUrl } = await start();
    const other = await gateway.createRestApi({ name: "others", body: JSON.stringify(body) });
    const stage = await gateway.createStage({ restApiId: other.id, stageName: "live" });
    expect(new URL(stage.invokeUrl).port).not.toBe(new URL(invokeUrl).port);
    await eventually(async () =>
      expect((await fetch(`${stage.invokeUrl}/things`, { method: "OPTIONS" })).status).toBe(204),
    );
  });
});
