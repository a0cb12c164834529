import { describe, expect, it } from "vitest";
import { startApi } from "./api-gateway.fixture.ts";

describe("gateway responses", () => {
  it("render the template of an unknown route with its status and headers", async () => {
    const { request } = await startApi();
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

  it("are a 403 on a stage that does not exist", async () => {
    const { invokeUrl } = await startApi();
    const response = await fetch(invokeUrl.replace("/v1", "/v2/things/1"));
    expect([response.status, await response.json()]).toEqual([403, { message: "Forbidden" }]);
  });

  it("are resources of their own before those of the body; DEFAULT_4XX serves types without one", async () => {
    const { gateway, id, request } = await startApi();
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

  it("refuse a body of more than 10 MB", async () => {
    const { request } = await startApi();
    const response = await request("/things/1", { method: "POST", body: Buffer.alloc(10 * 1024 * 1024 + 1) });
    expect([response.status, await response.json()]).toEqual([413, { message: "Request Too Long" }]);
  });
});
