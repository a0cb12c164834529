import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { allViewerExceptHost, type EdgeGiven, startEdge, startEdgeWithOrigin, summary } from "./edge.fixture.ts";

const echo = (request: { headers: object; url?: string | undefined }, response: ServerResponse) =>
  void response.end(JSON.stringify({ url: request.url, ...request.headers }));
const sent = {
  Authorization: "Bearer a",
  "Content-Type": "text/plain",
  Cookie: "a=1; b=2",
  "X-One": "1",
  "X-Forwarded-For": "10.1.1.1",
  "X-Verify": "viewer",
};
const origin = { customHeaders: [["X-Verify", "edge"]] as const };
const headersAtOrigin = async (given: EdgeGiven) => {
  const { get } = await startEdgeWithOrigin(echo, { origin, ...given });
  return (await (await get("/p?a=1&b=2&a=3", sent)).json()) as Record<string, string>;
};

describe("the request to the origin", () => {
  it("has only the viewer's path without policies, and always the edge's own headers", async () => {
    const headers = await headersAtOrigin({});
    expect(headers).toMatchObject({
      url: "/p",
      "content-type": "text/plain",
      host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      "user-agent": "Amazon CloudFront",
      via: expect.stringMatching(/^1\.1 e[0-9a-f]+\.cloudfront\.net \(CloudFront\)$/),
      "x-forwarded-for": "10.1.1.1, 127.0.0.1",
      "x-amz-cf-id": expect.any(String),
      "x-verify": "edge",
    });
    for (const name of ["authorization", "cookie", "x-one"]) expect(headers).not.toHaveProperty(name);
  });

  it("has everything but Host with the policy AllViewerExceptHostHeader", async () => {
    const headers = await headersAtOrigin({ behaviour: { originRequestPolicyId: allViewerExceptHost } });
    expect(headers).toMatchObject({
      url: "/p?a=1&b=2&a=3",
      authorization: "Bearer a",
      cookie: "a=1; b=2",
      "x-one": "1",
      "x-verify": "edge",
      host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
    expect(headers["user-agent"]).not.toBe("Amazon CloudFront");
  });

  it("has what one of the two policies names", async () => {
    const only = (...names: string[]) => ({ kind: "only", names }) as const;
    const headers = await headersAtOrigin({
      cache: { headers: only("Authorization"), query: only("a"), cookies: { kind: "allExcept", names: ["a"] } },
      forward: { headers: only("X-ONE", "CloudFront-Viewer-Address"), query: { kind: "allExcept", names: ["a"] } },
    });
    expect(headers).toMatchObject({
      url: "/p?a=1&b=2&a=3",
      authorization: "Bearer a",
      cookie: "b=2",
      "x-one": "1",
      "cloudfront-viewer-address": expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
  });

  it("has the body as the viewer sent it", async () => {
    const { get } = await startEdgeWithOrigin((request, response) => void request.pipe(response), {
      behaviour: { originRequestPolicyId: allViewerExceptHost },
    });
    const body = "x".repeat(3_000_000);
    expect(await (await get("/", {}, { method: "POST", body })).text()).toBe(body);
    const stream = new ReadableStream({
      start: (control) => void [control.enqueue(Buffer.from("ab")), control.close()],
    });
    expect(await (await get("/", {}, { method: "PUT", body: stream, duplex: "half" } as RequestInit)).text()).toBe(
      "ab",
    );
    expect(await (await get("/", {}, { method: "DELETE" })).text()).toBe("");
  });
});

describe("an origin that does not answer", () => {
  it("is a 502 when it cannot be reached, and a 504 when it is late", async () => {
    const gone = await startEdge({ port: 9 });
    expect(await summary(await gone.get("/"))).toBe("502 Error");
    const late = await startEdgeWithOrigin(() => undefined, { origin: { readTimeoutSeconds: 0.05 } });
    expect(await summary(await late.get("/"))).toBe("504 Error");
  });
});
