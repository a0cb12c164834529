import { once } from "node:events";
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { AwsCall } from "../access/aws-call.ts";
import type { LogLine } from "../context.ts";
import { contextOf, deploy, eventually, manualTimers, startLambdaWith } from "../services.fixture.ts";
import { openServiceState } from "../state.ts";
import type { Timers } from "../timers.ts";
import { createWebSocketApis } from "./websocket-api.ts";
import type { WebSocketLimits, WebSocketStageOptions } from "./websocket-api-service.ts";

/** Posts the event of each message to its connection; `all` asks for the events of opened and closed connections. */
const echo = `const events = [];
export const handler = async (event) => {
  const { connectionId, eventType } = event.requestContext;
  events.push(event);
  if (eventType === "CONNECT" && event.queryStringParameters.turn === "away") return { statusCode: 409 };
  if (event.body === "break") throw new Error("secret detail");
  if (eventType === "MESSAGE") {
    const all = events.map(({ requestContext }) => requestContext);
    const data = event.body === "all" ? all : { ...event, body: event.body.slice(0, 100), size: event.body.length };
    await fetch(process.env.ENDPOINT + "/@connections/" + encodeURIComponent(connectionId), {
      method: "POST",
      headers: { authorization: "AWS4-HMAC-SHA256 Credential=echo/20260101/eu-west-1/execute-api/aws4_request" },
      body: JSON.stringify(data),
    });
  }
  return { statusCode: 200 };
};`;

const guard = `export const handler = async (event) => {
  const { token } = event.queryStringParameters;
  if (token === "bad") throw new Error("Unauthorized");
  if (token === "crash") throw new Error("no keys");
  const statement = { Action: "execute-api:Invoke", Effect: token === "denied" ? "Deny" : "Allow", Resource: event.methodArn };
  return { principalId: token, policyDocument: { Version: "2012-10-17", Statement: [statement] }, context: { scope: "read" } };
};`;

const uri = (name: string) =>
  `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:000000000000:function:${name}/invocations`;

const stops: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Options {
  readonly timers?: Timers;
  readonly limits?: Partial<WebSocketLimits>;
  readonly stage?: Partial<WebSocketStageOptions>;
  readonly allowed?: boolean;
}

async function open({ timers, limits = {}, stage = {}, allowed = true }: Options = {}) {
  const lines: LogLine[] = [];
  const calls: [string, AwsCall][] = [];
  const context = contextOf({ lines, ...(timers && { timers }) });
  const { lambda } = await startLambdaWith(context, guard, { name: "guard" });
  stops.push(() => lambda.stop());
  const apis = createWebSocketApis({
    ...context,
    lambda,
    limits,
    state: openServiceState(context),
    demand: async (accessKeyId, demanded) => {
      for (const call of demanded) calls.push([accessKeyId, call]);
      if (!allowed) throw new Error("not authorized to perform: execute-api:ManageConnections");
    },
  });
  stops.push(() => apis.stop());
  const api = await apis.createApi({ name: "talk", routeSelectionExpression: "$request.body.action" });
  await deploy(lambda, echo, {
    name: "echo",
    environment: { ENDPOINT: `${api.apiEndpoint.replace(/^ws/, "http")}/main` },
  });
  const apiId = api.id;
  const judge = apis.createAuthorizer({
    apiId,
    name: "token",
    authorizerUri: uri("guard"),
    identitySources: ["route.request.querystring.token"],
  });
  const target = `integrations/${apis.createIntegration({ apiId, integrationUri: uri("echo") }).id}`;
  apis.createRoute({ apiId, routeKey: "$connect", target, authorizerId: judge.id });
  for (const routeKey of ["$disconnect", "$default", "special"]) apis.createRoute({ apiId, routeKey, target });
  const permission = { statementId: "api", principal: "apigateway.amazonaws.com" };
  lambda.addPermission({ ...permission, function: "echo", sourceArn: `${api.executionArn}/main/*` });
  lambda.addPermission({
    ...permission,
    function: "guard",
    sourceArn: `${api.executionArn}/authorizers/${judge.id}`,
  });
  const { invokeUrl } = apis.createStage({ apiId, name: "main", ...stage });
  const endpoint = invokeUrl.replace(/^ws/, "http");
  const client = new ApiGatewayManagementApiClient({
    endpoint,
    region: "eu-west-1",
    maxAttempts: 1,
    credentials: { accessKeyId: "tester", secretAccessKey: "x" },
  });
  return { apis, api, target, url: invokeUrl, client, lines, calls };
}

async function connect(url: string, query = "?token=ann") {
  const socket = new WebSocket(`${url}${query}`);
  stops.push(() => socket.terminate());
  const closed = once(socket, "close").then(([code]) => Number(code));
  const messages: unknown[] = [];
  socket.on("message", (data) => messages.push(JSON.parse(String(data))));
  await once(socket, "open");
  const say = async (text: string) => {
    const before = messages.length;
    socket.send(text);
    await eventually(() => expect(messages.length).toBeGreaterThan(before));
    // biome-ignore lint/suspicious/noExplicitAny: an event of the gateway, compared field by field.
    return messages.at(-1) as any;
  };
  return { socket, closed, messages, say };
}

const refusal = (url: string) =>
  new Promise<number | undefined>((resolve) => {
    const socket = new WebSocket(url);
    socket.on("error", () => undefined);
    socket.on("unexpected-response", (_, { statusCode }) => resolve(statusCode));
    socket.on("open", () => resolve(undefined));
  });

describe("createApi", () => {
  it("keeps connections, parts and address of an API that exists, and reads messages by the new expression", async () => {
    const { apis, api, target, url } = await open();
    const { say } = await connect(url);
    expect((await say('{"action":"special"}')).requestContext.routeKey).toBe("special");
    const again = await apis.createApi({ name: "talk", routeSelectionExpression: "$request.body.kind" });
    expect(again).toEqual(api);
    expect((await say('{"action":"special"}')).requestContext.routeKey).toBe("$default");
    const { id } = apis.createRoute({ apiId: api.id, routeKey: "later", target });
    expect((await say('{"kind":"later"}')).requestContext.routeKey).toBe("later");
    apis.deletePart({ apiId: api.id, kind: "route", id });
    expect((await say('{"kind":"later"}')).requestContext.routeKey).toBe("$default");
  });
});

describe("opening a connection", () => {
  it.each([
    ["no token", "", 401],
    ["a token that the authorizer throws at", "?token=bad", 401],
    ["a token that is denied", "?token=denied", 403],
    ["an authorizer that fails", "?token=crash", 500],
    ["$connect answers 409", "?token=ann&turn=away", 409],
  ])("is refused at the upgrade (%s)", async (_, query, status) => {
    const { url } = await open();
    expect(await refusal(`${url}${query}`)).toBe(status);
  });

  it("is refused outside of a stage", async () => {
    const { url, api } = await open();
    expect(await refusal(`${api.apiEndpoint}/other?token=ann`)).toBe(403);
    expect(await refusal(`${url}/below?token=ann`)).toBe(403);
  });

  it("is throttled by the stage", async () => {
    const { url } = await open({ stage: { throttlingRateLimit: 0, throttlingBurstLimit: 2 } });
    const { say } = await connect(url);
    expect(await say("x")).toMatchObject({ body: "x" });
    expect(await refusal(`${url}?token=ann`)).toBe(429);
    expect(await say("y")).toMatchObject({ message: "Too Many Requests" });
  });

  it("keeps the query out of its log", async () => {
    const { url, lines } = await open();
    await connect(url, "?token=very-secret");
    await refusal(`${url}?token=bad`);
    const written = lines.filter(({ source }) => source.startsWith("websocket-api/")).map(({ line }) => line);
    expect(written).toHaveLength(2);
    expect(written.join()).not.toMatch(/secret|token/);
  });
});

describe("messages", () => {
  it("reach the function of their route, with what the authorizer said", async () => {
    const { url, api } = await open();
    const { say } = await connect(url);
    const byName = await say('{"action":"special"}');
    expect(byName).toMatchObject({
      body: '{"action":"special"}',
      isBase64Encoded: false,
      requestContext: {
        routeKey: "special",
        eventType: "MESSAGE",
        stage: "main",
        apiId: api.id,
        messageDirection: "IN",
        authorizer: { principalId: "ann", scope: "read" },
      },
    });
    for (const text of ['{"action":"unknown"}', '{"action":"$connect"}', "no JSON"]) {
      expect((await say(text)).requestContext.routeKey).toBe("$default");
    }
  });

  it("are answered by the gateway, without the reason, when their function fails", async () => {
    const { url, lines } = await open();
    const { say } = await connect(url);
    expect(await say("break")).toEqual({
      message: "Internal server error",
      connectionId: expect.any(String),
      requestId: expect.any(String),
    });
    expect(lines.some(({ line }) => line.includes("secret detail"))).toBe(true);
  });

  it("reach functions that know of opened and closed connections", async () => {
    const { url } = await open();
    const [stayer, leaver] = [await connect(url), await connect(url)];
    const { requestContext } = await leaver.say("x");
    leaver.socket.close(4_000, "done");
    await eventually(async () => {
      const contexts = await stayer.say("all");
      expect(contexts).toContainEqual(
        expect.objectContaining({
          eventType: "DISCONNECT",
          connectionId: requestContext.connectionId,
          disconnectStatusCode: 4_000,
          disconnectReason: "done",
          routeKey: "$disconnect",
        }),
      );
    });
  });
});

describe("the limits of messages", () => {
  it("are 32 KB a frame, 128 KB a message, and text only", async () => {
    const { url } = await open();
    const whole = await connect(url);
    expect((await whole.say("x".repeat(32 * 1024))).size).toBe(32 * 1024);
    whole.socket.send("x".repeat(32 * 1024 + 1));
    expect(await whole.closed).toBe(1009);

    const parts = await connect(url);
    for (let part = 0; part < 3; part++) parts.socket.send("y".repeat(32 * 1024), { fin: false });
    expect((await parts.say("y".repeat(32 * 1024))).size).toBe(128 * 1024);
    for (let part = 0; part < 4; part++) parts.socket.send("z".repeat(32 * 1024), { fin: false });
    parts.socket.send("z");
    expect(await parts.closed).toBe(1009);

    const binary = await connect(url);
    binary.socket.send(Buffer.from("x"));
    expect(await binary.closed).toBe(1003);
  });
});

describe("the end of a connection", () => {
  it("comes after 10 minutes without a message, and after 2 hours in any case", async () => {
    const manual = manualTimers();
    const { url, client } = await open({ timers: manual.timers });
    const [idle, busy] = [await connect(url), await connect(url)];
    const { requestContext } = await busy.say("x");
    manual.advance(5 * 60_000);
    await busy.say("x");
    manual.advance(5 * 60_000);
    expect(await idle.closed).toBe(1001);
    for (let minutes = 10; minutes < 115; minutes += 5) {
      await client.send(new PostToConnectionCommand({ ConnectionId: requestContext.connectionId, Data: "{}" }));
      manual.advance(5 * 60_000);
    }
    expect(busy.socket.readyState).toBe(WebSocket.OPEN);
    manual.advance(5 * 60_000);
    expect(await busy.closed).toBe(1001);
  });
});

describe("@connections", () => {
  it("posts to a connection, describes it and closes it; then it answers 410", async () => {
    const { url, client, calls, api } = await open();
    const { say, messages, closed } = await connect(url);
    const ConnectionId: string = (await say("x")).requestContext.connectionId;
    await client.send(new PostToConnectionCommand({ ConnectionId, Data: '{"hello":1}' }));
    await eventually(() => expect(messages.at(-1)).toEqual({ hello: 1 }));
    const described = await client.send(new GetConnectionCommand({ ConnectionId }));
    expect(described).toMatchObject({ ConnectedAt: expect.any(Date), Identity: { SourceIp: "127.0.0.1" } });
    await client.send(new DeleteConnectionCommand({ ConnectionId }));
    expect(await closed).toBe(1001);
    await eventually(async () => {
      const post = client.send(new PostToConnectionCommand({ ConnectionId, Data: "{}" }));
      await expect(post).rejects.toMatchObject({ name: "GoneException", $metadata: { httpStatusCode: 410 } });
    });
    expect(calls).toContainEqual([
      "tester",
      {
        action: "execute-api:ManageConnections",
        resource: `${api.executionArn}/main/DELETE/@connections/${ConnectionId}`,
        context: {},
      },
    ]);
  });

  it("refuses a message that is too long, a caller that is not allowed, and another stage", async () => {
    const { url, client } = await open();
    const { say } = await connect(url);
    const ConnectionId: string = (await say("x")).requestContext.connectionId;
    const long = new PostToConnectionCommand({ ConnectionId, Data: "x".repeat(128 * 1024 + 1) });
    await expect(client.send(long)).rejects.toMatchObject({ name: "PayloadTooLargeException" });
    expect((await fetch(url.replace(/^ws/, "http"))).status).toBe(403);

    const denied = await open({ allowed: false });
    const post = denied.client.send(new PostToConnectionCommand({ ConnectionId: "none=", Data: "{}" }));
    await expect(post).rejects.toMatchObject({ name: "ForbiddenException", $metadata: { httpStatusCode: 403 } });
  });
});
