import { describe, expect, it } from "vitest";
import { send, startEdge, startEdgeWithOrigin, startOrigin } from "./edge.fixture.ts";

describe("behaviours", () => {
  it("are chosen by the first pattern that matches, with case, * and ?", async () => {
    const origin = await startOrigin((request, response) => void response.end(request.headers.host));
    const other = await startOrigin((_, response) => void response.end("other"));
    const { get } = await startEdge({
      port: origin.port,
      before: [
        { pathPattern: "/v1/a?c", originId: "other" },
        { pathPattern: "img/*.png", originId: "other" },
      ],
      distribution: {
        origins: [
          {
            id: "origin",
            kind: "http",
            host: "127.0.0.1",
            port: origin.port,
            readTimeoutSeconds: 30,
            customHeaders: [],
          },
          { id: "other", kind: "http", host: "127.0.0.1", port: other.port, readTimeoutSeconds: 30, customHeaders: [] },
        ],
      },
    });
    const bodyOf = async (path: string) => (await get(path)).text();
    expect(await Promise.all(["/v1/abc", "/img/a/b.png"].map(bodyOf))).toEqual(["other", "other"]);
    const host = `127.0.0.1:${origin.port}`;
    expect(await Promise.all(["/v1/abbc", "/V1/abc", "/img/b.PNG", "/"].map(bodyOf))).toEqual([host, host, host, host]);
  });

  it("refuse other methods than theirs, a GET with a body, and a URL that is too long", async () => {
    const { base, requests } = await startEdgeWithOrigin((_, response) => void response.end(), {
      behaviour: { allowedMethods: ["GET", "HEAD"] },
    });
    expect(await send(base, { method: "POST", path: "/", body: "x" })).toBe(403);
    expect(await send(base, { method: "GET", path: "/", headers: { "Content-Length": "1" }, body: "x" })).toBe(403);
    expect(await send(base, { method: "GET", path: `/${"a".repeat(8_192)}` })).toBe(414);
    expect(requests).toEqual([]);
  });
});
