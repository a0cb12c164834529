import { describe, expect, it } from "vitest";
import { eventually } from "../services.fixture.ts";
import { body, startApi } from "./api-gateway.fixture.ts";

describe("createRestApi", () => {
  it("names the route that cannot run here", async () => {
    const wrong = {
      openapi: "3.0.1",
      paths: {
        "/far": { get: { "x-amazon-apigateway-integration": { type: "http_proxy", uri: "https://example.com" } } },
      },
    };
    await expect(startApi({ api: { body: wrong } })).rejects.toThrow(
      "API things: GET /far: an integration of type http_proxy does not run here",
    );
  });

  it("serves several APIs, each on a port of its own", async () => {
    const { gateway, invokeUrl } = await startApi();
    const other = await gateway.createRestApi({ name: "others", body: JSON.stringify(body) });
    const stage = await gateway.createStage({ restApiId: other.id, stageName: "live" });
    expect(new URL(stage.invokeUrl).port).not.toBe(new URL(invokeUrl).port);
    await eventually(async () =>
      expect((await fetch(`${stage.invokeUrl}/things`, { method: "OPTIONS" })).status).toBe(204),
    );
  });

  it("answers a mock integration, such as a CORS preflight", async () => {
    const { request } = await startApi();
    const response = await request("/things", { method: "OPTIONS" });
    expect([response.status, response.headers.get("access-control-allow-methods")]).toEqual([204, "GET,POST"]);
  });
});
