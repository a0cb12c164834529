import { describe, expect, it } from "vitest";
import { startApi } from "./api-gateway.fixture.ts";

describe("the event of a proxy integration", () => {
  it("is the request in payload format 1.0", async () => {
    const { request } = await startApi();
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

  it("has null for a query, parameters or a body that the request does not have", async () => {
    const { request } = await startApi();
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

  it("has the value of a greedy parameter, for any method", async () => {
    const { request } = await startApi();
    const event = JSON.parse(await (await request("/files/a/b/c", { method: "DELETE" })).text());
    expect(event).toMatchObject({
      resource: "/files/{path+}",
      httpMethod: "DELETE",
      pathParameters: { path: "a/b/c" },
    });
  });
});
