import { describe, expect, it } from "vitest";
import { eventually } from "../services.fixture.ts";
import { cacheControl, cachedForAMinute, startEdgeWithOrigin, summary } from "./edge.fixture.ts";

describe("an object in the cache", () => {
  it("is the answer while it is fresh, with its age", async () => {
    const { get, requests, clock } = await startEdgeWithOrigin(cacheControl("max-age=60"), { cache: {} });
    expect(await summary(await get("/a"))).toBe("200 Miss");
    clock.advance(59_999);
    const hit = await get("/a");
    expect(hit.headers.get("age")).toBe("59");
    expect(await summary(hit)).toBe("200 Hit");
    clock.advance(1);
    expect(await summary(await get("/a"))).toBe("200 Miss");
    expect(requests).toHaveLength(2);
  });

  it("has a key of what the policy selects, and of nothing else", async () => {
    const { get } = await startEdgeWithOrigin(cacheControl("max-age=60"), {
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

  it("answers a HEAD too", async () => {
    const { get, requests } = await startEdgeWithOrigin(cacheControl("max-age=60"), { cache: {} });
    await summary(await get("/a"));
    const head = await get("/a", {}, { method: "HEAD" });
    expect([await summary(head), head.headers.get("content-length"), requests.length]).toEqual(["200 Hit", "4", 1]);
  });

  it("is not used for a part of it (Range): the origin answers", async () => {
    const { get, requests } = await startEdgeWithOrigin(
      (_, response) => void response.writeHead(206, cachedForAMinute).end("b"),
      {
        cache: {},
      },
    );
    for (const _ of [1, 2]) expect(await summary(await get("/a", { Range: "bytes=1-1" }))).toBe("206 Miss");
    expect(requests.map(({ headers }) => headers.range)).toEqual(["bytes=1-1", "bytes=1-1"]);
  });
});

describe("the cache of a distribution", () => {
  it("is empty after the distribution was created again, at the same address", async () => {
    const { get, edge, options, base } = await startEdgeWithOrigin(cacheControl("max-age=60"), { cache: {} });
    await summary(await get("/a"));
    expect(`http://${(await edge.createDistribution(options)).domainName}`).toBe(base);
    expect(await summary(await get("/a"))).toBe("200 Miss");
  });

  it("is empty after its policy has changed", async () => {
    const { get, edge, requests } = await startEdgeWithOrigin(cacheControl("max-age=60"), { cache: {} });
    for (const _ of [1, 2]) await summary(await get("/a"));
    expect(requests).toHaveLength(1);
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
    expect(requests).toHaveLength(3);
  });
});

describe("revalidation", () => {
  it("comes with each request for a no-cache object; a private object is not cached", async () => {
    const hidden = await startEdgeWithOrigin(cacheControl("private, no-store"), { cache: {} });
    expect(await summary(await hidden.get("/a"))).toBe("200 Miss");
    expect(await summary(await hidden.get("/a"))).toBe("200 Miss");
    const confirmed = await startEdgeWithOrigin(
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

  it("keeps an object that the origin confirms, and replaces one that has changed", async () => {
    let etag = '"1"';
    const { get, requests, clock } = await startEdgeWithOrigin(
      (request, response) => {
        const isKnown = request.headers["if-none-match"] === etag;
        response.writeHead(isKnown ? 304 : 200, { ETag: etag, "X-Count": requests.length, ...cachedForAMinute });
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

  it("is not needed for a viewer's own condition, which the cache answers", async () => {
    const { get, requests } = await startEdgeWithOrigin(
      (_, response) => void response.writeHead(200, { ETag: 'W/"1"', ...cachedForAMinute }).end("body"),
      {
        cache: {},
      },
    );
    await summary(await get("/a"));
    const known = await get("/a", { "If-None-Match": '"0", "1"' });
    expect([known.status, known.headers.get("etag"), await known.text()]).toEqual([304, 'W/"1"', ""]);
    expect(await summary(await get("/a", { "If-None-Match": '"2"' }))).toBe("200 Hit");
    expect(requests).toHaveLength(1);
  });

  it("sends no conditions to an origin that gets cookies, as CloudFront", async () => {
    const { get, requests, clock } = await startEdgeWithOrigin(
      (_, response) => void response.writeHead(200, { ETag: '"1"', ...cachedForAMinute }).end("body"),
      { cache: {}, forward: { cookies: { kind: "all" } } },
    );
    await summary(await get("/a"));
    expect(await summary(await get("/a", { "If-None-Match": '"1"' }))).toBe("200 Hit");
    clock.advance(60_000);
    expect(await summary(await get("/a", { "If-None-Match": '"1"' }))).toBe("200 Miss");
    expect(requests.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, undefined]);
  });
});

describe("requests at the same time", () => {
  it("cause one request to the origin when they want the same object", async () => {
    const answers: (() => void)[] = [];
    const { get, requests } = await startEdgeWithOrigin(
      (_, response) => void answers.push(() => cacheControl("max-age=60")(_, response)),
      {
        cache: { query: { kind: "all" } },
      },
    );
    const many = Array.from({ length: 20 }, () => get("/a").then(summary));
    const other = get("/a?b").then(summary);
    await eventually(() => expect(requests).toHaveLength(2));
    for (const answer of answers) answer();
    const summaries = await Promise.all(many);
    expect(summaries.filter((one) => one === "200 Miss")).toHaveLength(1);
    expect(summaries.filter((one) => one === "200 Hit")).toHaveLength(19);
    expect(await other).toBe("200 Miss");
    expect(requests).toHaveLength(2);
  });

  it("each go to the origin when the first answer is private", async () => {
    const answers: (() => void)[] = [];
    const { get, requests } = await startEdgeWithOrigin(
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
    expect(requests).toHaveLength(3);
  });
});

describe("errors", () => {
  it("are cached for the configured time, else for 10 s, even when the policy caches nothing", async () => {
    const { get, requests, clock } = await startEdgeWithOrigin(
      (request, response) =>
        void response.writeHead(request.url === "/gone" ? 404 : 500, { "Cache-Control": "no-store" }).end(),
      { distribution: { errorResponses: [{ status: 500, cachedSecondsMin: 0 }] } },
    );
    expect(await summary(await get("/gone"))).toBe("404 Error");
    clock.advance(9_999);
    expect(await summary(await get("/gone"))).toBe("404 Error");
    expect(requests).toHaveLength(1);
    clock.advance(1);
    await summary(await get("/gone"));
    expect(requests).toHaveLength(2);
    await summary(await get("/broken"));
    await summary(await get("/broken"));
    expect(requests).toHaveLength(4);
    expect(await (await get("/gone", {}, { method: "POST" })).status).toBe(404);
    expect(requests).toHaveLength(5);
  });

  it("give way to a stale object, unless the origin forbids it", async () => {
    let isBroken = false;
    const { get, clock } = await startEdgeWithOrigin(
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
});
