import { describe, expect, it } from "vitest";
import { startApi } from "./api-gateway.fixture.ts";

describe("the answer of a proxy integration", () => {
  it("is bytes for a caller that accepts them, as a binary body of a request is base64", async () => {
    const { request } = await startApi();
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

  it("has the headers of the response, also with several values, and renames WWW-Authenticate", async () => {
    const { request } = await startApi();
    const response = await request("/headers");
    expect(response.status).toBe(201);
    expect(response.headers.get("etag")).toBe('"1"');
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(response.headers.get("x-amzn-remapped-www-authenticate")).toBe("x");
  });

  it("is a 502 without the message when the function fails or returns no response", async () => {
    const { request, lines } = await startApi();
    for (const path of ["/broken", "/thrown"]) {
      const response = await request(path);
      expect([response.status, await response.json()]).toEqual([502, { message: "Internal server error" }]);
    }
    expect(lines.some(({ line }) => line.includes("INTEGRATION_FAILURE") && line.includes("secret detail"))).toBe(true);
  });

  it("is a 504 when the function takes too long", async () => {
    const { request } = await startApi();
    const response = await request("/slow");
    expect([response.status, await response.json()]).toEqual([504, { message: "Endpoint request timed out" }]);
  });

  it("is a 500 when the function does not permit the route", async () => {
    const { request, lines } = await startApi();
    const response = await request("/unpermitted");
    expect([response.status, await response.json()]).toEqual([500, { message: "Internal server error" }]);
    expect(lines.some(({ line }) => line.includes("has no permission to invoke unpermitted"))).toBe(true);
  });
});
