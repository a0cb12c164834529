import { describe, expect, it } from "vitest";
import type { Rule } from "../waf/web-acl.ts";
import { allViewerExceptHost, cachedForAMinute, startEdge, startEdgeWithOrigin, startOrigin } from "./edge.fixture.ts";

const blockLongBodies: Rule = {
  name: "body",
  priority: 1,
  action: { kind: "block", response: { status: 413, bodyKey: "large" } },
  statement: {
    kind: "and",
    statements: [
      {
        kind: "sizeConstraint",
        field: { part: "body", oversize: "MATCH" },
        comparison: "GT",
        bytes: 65_536,
        transformations: ["NONE"],
      },
      {
        kind: "not",
        statement: {
          kind: "byteMatch",
          field: { part: "uriPath" },
          position: "EXACTLY",
          searchString: "/imports",
          transformations: ["NONE"],
        },
      },
    ],
  },
};

describe("answers", () => {
  it("have the headers that the response headers policy adds, and lack those that it removes", async () => {
    const origin = await startOrigin((_, response) => {
      response
        .writeHead(200, { "X-Frame-Options": "DENY", "X-Powered-By": "a", "Set-Cookie": "a=1", ...cachedForAMinute })
        .end();
    });
    const { edge, options, get } = await startEdge({ port: origin.port, cache: {} });
    const { id: responseHeadersPolicyId } = edge.createResponseHeadersPolicy({
      name: "policy",
      headers: [
        { name: "X-Frame-Options", value: "SAMEORIGIN", override: false },
        { name: "Cache-Control", value: "no-cache", override: true },
      ],
      remove: ["x-powered-by"],
      cors: {
        allowOrigins: ["https://*.shop.example"],
        allowMethods: ["GET"],
        allowHeaders: [],
        exposeHeaders: ["ETag"],
        allowCredentials: false,
        override: true,
      },
    });
    const behaviours = options.behaviours.map((behaviour) => ({ ...behaviour, responseHeadersPolicyId }));
    await edge.createDistribution({ ...options, behaviours });
    const read = async (from: string) => Object.fromEntries((await get("/", { Origin: from })).headers);
    expect(await read("https://a.shop.example")).toMatchObject({
      "x-frame-options": "DENY",
      "cache-control": "no-cache",
      "access-control-allow-origin": "https://a.shop.example",
      "access-control-expose-headers": "ETag",
    });
    const other = await read("https://shop.example.evil");
    expect(other["x-cache"]).toBe("Hit from cloudfront");
    for (const name of ["x-powered-by", "set-cookie", "access-control-allow-origin"])
      expect(other).not.toHaveProperty(name);
  });

  it("are the distribution's page for an error, if there is one", async () => {
    const { get } = await startEdgeWithOrigin(
      (request, response) => {
        if (request.url === "/error.html") response.end("sorry");
        else response.writeHead(404).end("not here");
      },
      { distribution: { errorResponses: [{ status: 404, page: { path: "/error.html", status: 200 } }] } },
    );
    const answer = await get("/a");
    expect([answer.status, await answer.text()]).toEqual([200, "sorry"]);
  });
});

describe("a viewer function", () => {
  it("changes the path, answers itself, or fails", async () => {
    const origin = await startOrigin((request, response) => void response.end(request.url));
    const { edge, options, get } = await startEdge({ port: origin.port, forward: { query: { kind: "all" } } });
    const { arn } = edge.createFunction({
      name: "rewrite",
      code: `async function handler(event) {
        const { request } = event;
        if (request.uri === "/old") return { statusCode: 301, headers: { location: { value: "/new" } } };
        if (request.uri === "/fail") throw new Error("no");
        if (!request.uri.includes(".")) request.uri = "/index.html";
        return request;
      }`,
    });
    const behaviours = options.behaviours.map((behaviour) => ({ ...behaviour, viewerRequestFunction: arn }));
    await edge.createDistribution({ ...options, behaviours });
    expect(await (await get("/items/a?q=1%202&q=3")).text()).toBe("/index.html?q=1%202&q=3");
    expect(await (await get("/app.js")).text()).toBe("/app.js");
    const moved = await get("/old", {}, { redirect: "manual" });
    expect([moved.status, moved.headers.get("location")]).toEqual([301, "/new"]);
    expect((await get("/fail")).status).toBe(503);
  });
});

describe("the web ACL", () => {
  it("blocks a request before the origin gets it, and lets the whole of a long body through", async () => {
    const { get, requests, lines } = await startEdgeWithOrigin((request, response) => void request.pipe(response), {
      behaviour: { originRequestPolicyId: allViewerExceptHost },
      acl: {
        bodyInspectionBytesMax: 65_536,
        responseBodies: { large: { contentType: "APPLICATION_JSON", content: '{"code":"payload_too_large"}' } },
        rules: [blockLongBodies],
      },
    });
    const post = (path: string, bytes: number) => get(path, {}, { method: "POST", body: "x".repeat(bytes) });
    expect((await (await post("/a", 65_536)).text()).length).toBe(65_536);
    const refused = await post("/a", 65_537);
    expect([refused.status, await refused.json()]).toEqual([413, { code: "payload_too_large" }]);
    expect(refused.headers.get("content-type")).toBe("application/json");
    expect((await (await post("/imports", 4_194_304)).text()).length).toBe(4_194_304);
    expect(requests).toHaveLength(2);
    expect(lines.some(({ line }) => line.includes("413 Error from cloudfront waf:body"))).toBe(true);
  });
});
