import type { ServerResponse } from "node:http";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { clientOptions, queuesAndBucketsEndpoint, uniqueName } from "../../testing/index.ts";
import { eventually } from "../services.fixture.ts";
import { allViewerExceptHost, type EdgeGiven, send, startEdge, startOrigin, summary } from "./edge.fixture.ts";

const cacheControl = (value: string) => (_: unknown, response: ServerResponse) =>
  void response.writeHead(200, { "Cache-Control": value }).end("body");
const long = { "Cache-Control": "max-age=60" };

async function edgeBefore(answer: Parameters<typeof startOrigin>[0], given: EdgeGiven = {}) {
  const origin = await startOrigin(answer);
  const edge = await startEdge({ port: origin.port, ...given });
  return { ...edge, origin, asked: origin.asked };
}

describe("behaviours", () => {
  it("are the first whose pattern matches, by case, with * and ?", async () => {
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

  it("refuse methods that they do not allow, and a body where none belongs", async () => {
    const { base, asked } = await edgeBefore((_, response) => void response.end(), {
      behaviour: { allowedMethods: ["GET", "HEAD"] },
    });
    expect(await send(base, { method: "POST", path: "/", body: "x" })).toBe(403);
    expect(await send(base, { method: "GET", path: "/", headers: { "Content-Length": "1" }, body: "x" })).toBe(403);
    expect(await send(base, { method: "GET", path: `/${"a".repeat(8_192)}` })).toBe(414);
    expect(asked).toEqual([]);
  });
});

describe("what the origin is sent", () => {
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
  const asked = async (given: EdgeGiven) => {
    const { get } = await edgeBefore(echo, { origin, ...given });
    return (await (await get("/p?a=1&b=2&a=3", sent)).json()) as Record<string, string>;
  };

  it("is nothing of the viewer's but the path without policies, and always the edge's own headers", async () => {
    const headers = await asked({});
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

  it("is all but Host where the policy says so", async () => {
    const headers = await asked({ behaviour: { originRequestPolicyId: allViewerExceptHost } });
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

  it("is what either policy names", async () => {
    const only = (...names: string[]) => ({ kind: "only", names }) as const;
    const headers = await asked({
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

  it("is the body as it comes", async () => {
    const { get } = await edgeBefore((request, response) => void request.pipe(response), {
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

  it("answers 502 for an origin that is not there, and 504 for one that is late", async () => {
    const gone = await startEdge({ port: 9 });
    expect(await summary(await gone.get("/"))).toBe("502 Error");
    const late = await edgeBefore(() => undefined, { origin: { readTimeoutSeconds: 0.05 } });
    expect(await summary(await late.get("/"))).toBe("504 Error");
  });
});

describe("the cache", () => {
  it("answers from memory while an object is fresh, with its age", async () => {
    const { get, asked, clock } = await edgeBefore(cacheControl("max-age=60"), { cache: {} });
    expect(await summary(await get("/a"))).toBe("200 Miss");
    clock.advance(59_999);
    const hit = await get("/a");
    expect(hit.headers.get("age")).toBe("59");
    expect(await summary(hit)).toBe("200 Hit");
    clock.advance(1);
    expect(await summary(await get("/a"))).toBe("200 Miss");
    expect(asked).toHaveLength(2);
  });

  it("tells objects apart by what the policy selects, and by nothing else", async () => {
    const { get } = await edgeBefore(cacheControl("max-age=60"), {
      cache: {
        headers: { kind: "only", names: ["Authorization"] },
        query: { kind: "only", names: ["q"] },
        cookies: { kind: "only", names: ["c"] },
        encodings: ["gzip"],
      },
    });
    const cached = async (path: string, headers: Record<string, string> = {}) =>
      (await summary(await get(path, { "Accept-Encoding": "br", ...headers }))).slice(4);
    expect(await cached("/a?q=1")).toBe("Miss");
    expect(await cached("/a?q=1&r=2", { Cookie: "d=1", "X-Other": "1" })).toBe("Hit");
    expect(await cached("/a?q=2")).toBe("Miss");
    expect(await cached("/a?q=1", { Authorization: "Bearer a" })).toBe("Miss");
    expect(await cached("/a?q=1", { Authorization: "Bearer a" })).toBe("Hit");
    expect(await cached("/a?q=1", { Authorization: "Bearer b" })).toBe("Miss");
    expect(await cached("/a?q=1", { Cookie: "d=1; c=1" })).toBe("Miss");
    expect(await cached("/a?q=1", { "Accept-Encoding": "gzip, br" })).toBe("Miss");
    expect(await cached("/A?q=1")).toBe("Miss");
  });

  it("keeps nothing that is private, and confirms each time what is no-cache", async () => {
    const hidden = await edgeBefore(cacheControl("private, no-store"), { cache: {} });
    expect(await summary(await hidden.get("/a"))).toBe("200 Miss");
    expect(await summary(await hidden.get("/a"))).toBe("200 Miss");
    const confirmed = await edgeBefore(
      (request, response) => {
        const isKnown = request.headers["if-none-match"] === '"1"';
        response
          .writeHead(isKnown ? 304 : 200, { ETag: '"1"', "Cache-Control": "no-cache" })
          .end(isKnown ? "" : "body");
      },
      { cache: {} },
    );
    expect(await summary(await confirmed.get("/a"))).toBe("200 Miss");
    expect(await summary(await confirmed.get("/a"))).toBe("200 RefreshHit");
  });

  it("asks the origin whether a stale object still holds, and takes what it says", async () => {
    let etag = '"1"';
    const { get, asked, clock } = await edgeBefore(
      (request, response) => {
        const isKnown = request.headers["if-none-match"] === etag;
        response.writeHead(isKnown ? 304 : 200, { ETag: etag, "X-Count": asked.length, ...long });
        response.end(isKnown ? undefined : `body ${etag}`);
      },
      { cache: {} },
    );
    await summary(await get("/a"));
    clock.advance(60_000);
    const confirmed = await get("/a");
    expect([confirmed.headers.get("x-count"), await confirmed.text()]).toEqual(["2", 'body "1"']);
    expect(confirmed.headers.get("x-cache")).toBe("RefreshHit from cloudfront");
    expect(await summary(await get("/a"))).toBe("200 Hit");
    etag = '"2"';
    clock.advance(60_000);
    const changed = await get("/a");
    expect(changed.headers.get("x-cache")).toBe("Miss from cloudfront");
    expect(await changed.text()).toBe('body "2"');
  });

  it("answers a viewer's own condition itself", async () => {
    const { get, asked } = await edgeBefore(
      (_, response) => void response.writeHead(200, { ETag: 'W/"1"', ...long }).end("body"),
      {
        cache: {},
      },
    );
    await summary(await get("/a"));
    const known = await get("/a", { "If-None-Match": '"0", "1"' });
    expect([known.status, known.headers.get("etag"), await known.text()]).toEqual([304, 'W/"1"', ""]);
    expect(await summary(await get("/a", { "If-None-Match": '"2"' }))).toBe("200 Hit");
    expect(asked).toHaveLength(1);
  });

  it("takes no conditions where cookies go to the origin, as CloudFront does not", async () => {
    const { get, asked, clock } = await edgeBefore(
      (_, response) => void response.writeHead(200, { ETag: '"1"', ...long }).end("body"),
      { cache: {}, forward: { cookies: { kind: "all" } } },
    );
    await summary(await get("/a"));
    expect(await summary(await get("/a", { "If-None-Match": '"1"' }))).toBe("200 Hit");
    clock.advance(60_000);
    expect(await summary(await get("/a", { "If-None-Match": '"1"' }))).toBe("200 Miss");
    expect(asked.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, undefined]);
  });

  it("answers HEAD by what GET has brought", async () => {
    const { get, asked } = await edgeBefore(cacheControl("max-age=60"), { cache: {} });
    await summary(await get("/a"));
    const head = await get("/a", {}, { method: "HEAD" });
    expect([await summary(head), head.headers.get("content-length"), asked.length]).toEqual(["200 Hit", "4", 1]);
  });

  it("asks once for all who want the same at the same time", async () => {
    const answers: (() => void)[] = [];
    const { get, asked } = await edgeBefore(
      (_, response) => void answers.push(() => cacheControl("max-age=60")(_, response)),
      {
        cache: { query: { kind: "all" } },
      },
    );
    const many = Array.from({ length: 20 }, () => get("/a").then(summary));
    const other = get("/a?b").then(summary);
    await eventually(() => expect(asked).toHaveLength(2));
    for (const answer of answers) answer();
    const summaries = await Promise.all(many);
    expect(summaries.filter((one) => one === "200 Miss")).toHaveLength(1);
    expect(summaries.filter((one) => one === "200 Hit")).toHaveLength(19);
    expect(await other).toBe("200 Miss");
    expect(asked).toHaveLength(2);
  });

  it("lets everyone ask where the first answer serves nobody else", async () => {
    const answers: (() => void)[] = [];
    const { get, asked } = await edgeBefore(
      (_, response) => void answers.push(() => cacheControl("private")(_, response)),
      {
        cache: {},
      },
    );
    const many = Array.from({ length: 3 }, () => get("/a").then(summary));
    await eventually(() => expect(answers).toHaveLength(1));
    answers.shift()?.();
    await eventually(() => expect(answers).toHaveLength(2));
    for (const answer of answers) answer();
    expect(await Promise.all(many)).toEqual(["200 Miss", "200 Miss", "200 Miss"]);
    expect(asked).toHaveLength(3);
  });

  it("keeps errors as long as it is told, 10 s when it is not, and also where nothing else is kept", async () => {
    const { get, asked, clock } = await edgeBefore(
      (request, response) =>
        void response.writeHead(request.url === "/gone" ? 404 : 500, { "Cache-Control": "no-store" }).end(),
      { distribution: { errorResponses: [{ status: 500, cachedSecondsMin: 0 }] } },
    );
    expect(await summary(await get("/gone"))).toBe("404 Error");
    clock.advance(9_999);
    expect(await summary(await get("/gone"))).toBe("404 Error");
    expect(asked).toHaveLength(1);
    clock.advance(1);
    await summary(await get("/gone"));
    expect(asked).toHaveLength(2);
    await summary(await get("/broken"));
    await summary(await get("/broken"));
    expect(asked).toHaveLength(4);
    expect(await (await get("/gone", {}, { method: "POST" })).status).toBe(404);
    expect(asked).toHaveLength(5);
  });

  it("serves a stale object while the origin fails, unless the origin forbade it", async () => {
    let isBroken = false;
    const { get, clock } = await edgeBefore(
      (request, response) => {
        const strict = request.url === "/strict" ? ", stale-if-error=0" : "";
        response.writeHead(isBroken ? 503 : 200, { "Cache-Control": `max-age=60${strict}` }).end("body");
      },
      { cache: {} },
    );
    await summary(await get("/a"));
    await summary(await get("/strict"));
    isBroken = true;
    clock.advance(60_001);
    expect(await summary(await get("/a"))).toBe("200 Hit");
    expect(await summary(await get("/strict"))).toBe("503 Error");
  });

  it("forgets all when the distribution is applied anew, at the same address", async () => {
    const { get, edge, options, base } = await edgeBefore(cacheControl("max-age=60"), { cache: {} });
    await summary(await get("/a"));
    expect(`http://${(await edge.createDistribution(options)).domainName}`).toBe(base);
    expect(await summary(await get("/a"))).toBe("200 Miss");
  });

  it("is judged anew by a policy that has changed", async () => {
    const { get, edge, asked } = await edgeBefore(cacheControl("max-age=60"), { cache: {} });
    for (const _ of [1, 2]) await summary(await get("/a"));
    expect(asked).toHaveLength(1);
    const none = { kind: "none" } as const;
    edge.createCachePolicy({
      name: "cache",
      minTtlSeconds: 0,
      defaultTtlSeconds: 0,
      maxTtlSeconds: 0,
      headers: none,
      query: none,
      cookies: none,
      encodings: [],
    });
    for (const _ of [1, 2]) expect(await summary(await get("/a"))).toBe("200 Miss");
    expect(asked).toHaveLength(3);
  });

  it("leaves parts of objects to the origin", async () => {
    const { get, asked } = await edgeBefore((_, response) => void response.writeHead(206, long).end("b"), {
      cache: {},
    });
    for (const _ of [1, 2]) expect(await summary(await get("/a", { Range: "bytes=1-1" }))).toBe("206 Miss");
    expect(asked.map(({ headers }) => headers.range)).toEqual(["bytes=1-1", "bytes=1-1"]);
  });
});

describe("answers", () => {
  it("carry what the response headers policy adds, and lose what it takes away", async () => {
    const origin = await startOrigin((_, response) => {
      response.writeHead(200, { "X-Frame-Options": "DENY", "X-Powered-By": "a", "Set-Cookie": "a=1", ...long }).end();
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

  it("are a page of the distribution's where an error has one", async () => {
    const { get } = await edgeBefore(
      (request, response) => {
        if (request.url === "/error.html") response.end("sorry");
        else response.writeHead(404).end("not here");
      },
      { distribution: { errorResponses: [{ status: 404, page: { path: "/error.html", status: 200 } }] } },
    );
    const answer = await get("/a");
    expect([answer.status, await answer.text()]).toEqual([200, "sorry"]);
  });

  it("are another object's where a function says so", async () => {
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
  it("stops a request before it meets the origin, and lets a long body through whole", async () => {
    const { get, asked, lines } = await edgeBefore((request, response) => void request.pipe(response), {
      behaviour: { originRequestPolicyId: allViewerExceptHost },
      acl: {
        bodyInspectionBytesMax: 65_536,
        responseBodies: { large: { contentType: "APPLICATION_JSON", content: '{"code":"payload_too_large"}' } },
        rules: [
          {
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
          },
        ],
      },
    });
    const post = (path: string, bytes: number) => get(path, {}, { method: "POST", body: "x".repeat(bytes) });
    expect((await (await post("/a", 65_536)).text()).length).toBe(65_536);
    const refused = await post("/a", 65_537);
    expect([refused.status, await refused.json()]).toEqual([413, { code: "payload_too_large" }]);
    expect(refused.headers.get("content-type")).toBe("application/json");
    expect((await (await post("/imports", 4_194_304)).text()).length).toBe(4_194_304);
    expect(asked).toHaveLength(2);
    expect(lines.some(({ line }) => line.includes("413 Error from cloudfront waf:body"))).toBe(true);
  });
});

describe("a bucket", () => {
  const index = { ContentType: "text/html", CacheControl: "no-cache", Body: "<h1>" };

  async function bucketBehindEdge(statementOf: (bucket: string, arn: string) => object) {
    const s3 = await queuesAndBucketsEndpoint();
    const client = new S3Client({ ...clientOptions(s3), forcePathStyle: true });
    const bucket = uniqueName("site");
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: "index.html", ...index }));
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: "assets/a b.js", Body: "1" }));
    client.destroy();
    const policies = new Map<string, string>();
    const edge = await startEdge({
      s3,
      origin: { kind: "bucket", bucket, isSigned: true } as EdgeGiven["origin"] & object,
      cache: {},
      distribution: { defaultRootObject: "index.html" },
      policyOf: (arn) => policies.get(arn),
    });
    const Statement = [statementOf(bucket, edge.arn)];
    policies.set(`arn:aws:s3:::${bucket}`, JSON.stringify({ Version: "2012-10-17", Statement }));
    return edge;
  }
  const reader = (bucket: string, arn: string, Action: string[] = ["s3:GetObject"]) => ({
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Action,
    Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
    Condition: { StringEquals: { "AWS:SourceArn": arn } },
  });

  it("is read by the distribution that its policy names, with types, conditions and the root", async () => {
    const { get } = await bucketBehindEdge(reader);
    const root = await get("/");
    expect(Object.fromEntries(root.headers)).toMatchObject({
      "content-type": "text/html",
      "cache-control": "no-cache",
    });
    expect(await root.text()).toBe("<h1>");
    const etag = root.headers.get("etag") ?? "";
    expect((await get("/", { "If-None-Match": etag })).status).toBe(304);
    expect(await summary(await get("/"))).toBe("200 RefreshHit");
    expect(await (await get("/assets/a%20b.js")).text()).toBe("1");
  });

  it("denies what is missing, and says that it is missing to who may list", async () => {
    const secretive = await bucketBehindEdge(reader);
    expect(await summary(await secretive.get("/missing"))).toBe("403 Error");
    const open = await bucketBehindEdge((bucket, arn) => reader(bucket, arn, ["s3:GetObject", "s3:ListBucket"]));
    expect(await summary(await open.get("/missing"))).toBe("404 Error");
  });

  it("denies another distribution, and any change", async () => {
    const other = await bucketBehindEdge((bucket) =>
      reader(bucket, "arn:aws:cloudfront::000000000000:distribution/EOTHER"),
    );
    expect(await summary(await other.get("/"))).toBe("403 Error");
    const own = await bucketBehindEdge(reader);
    expect((await own.get("/index.html", {}, { method: "PUT", body: "x" })).status).toBe(403);
  });
});

describe("WebSockets", () => {
  async function sockets(given: EdgeGiven = {}) {
    const origin = await startOrigin((_, response) => void response.writeHead(401, { "X-Why": "token" }).end("no"));
    const server = new WebSocketServer({ noServer: true });
    origin.server.on("upgrade", (request, socket, head) => {
      if (request.url?.includes("bad")) {
        return void socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
      }
      server.handleUpgrade(request, socket, head, (opened) => {
        opened.send(JSON.stringify({ url: request.url, verify: request.headers["x-verify"] }));
        opened.on("message", (data) => opened.send(String(data)));
      });
    });
    const edge = await startEdge({
      port: origin.port,
      origin: { customHeaders: [["X-Verify", "edge"]] },
      behaviour: { originRequestPolicyId: allViewerExceptHost },
      ...given,
    });
    return { ...edge, url: edge.base.replace("http", "ws"), server };
  }
  const opened = (socket: WebSocket) =>
    new Promise<string>((resolve, reject) => {
      socket.once("message", (data) => resolve(String(data))).once("error", reject);
    });

  it("are joined to the origin by the same rules, and end with either side", async () => {
    const { url, server } = await sockets();
    const socket = new WebSocket(`${url}/live?token=a`, { headers: { "X-Verify": "viewer" } });
    expect(JSON.parse(await opened(socket))).toEqual({ url: "/live?token=a", verify: "edge" });
    const big = "x".repeat(100_000);
    socket.send(big);
    expect(await opened(socket)).toBe(big);
    const closed = new Promise<number>((resolve) => void socket.once("close", resolve));
    for (const client of server.clients) client.close(4_001);
    expect(await closed).toBe(4_001);
    const next = new WebSocket(`${url}/live`);
    await opened(next);
    next.terminate();
    await eventually(() => expect(server.clients.size).toBe(0));
  });

  it("hand a refusal back, and need the policy to pass the handshake on", async () => {
    const { url } = await sockets();
    await expect(opened(new WebSocket(`${url}/bad`))).rejects.toThrow("401");
    const plain = await sockets({ behaviour: {} });
    await expect(opened(new WebSocket(`${plain.url}/live`))).rejects.toThrow("400");
  });

  it("are stopped by the web ACL", async () => {
    const { url } = await sockets({ acl: { defaultAction: { kind: "block" } } });
    await expect(opened(new WebSocket(`${url}/live`))).rejects.toThrow("403");
  });
});
