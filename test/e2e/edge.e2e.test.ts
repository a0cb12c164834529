import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { limits } from "../../contract/limits.ts";
import { Ticket } from "../../contract/live.ts";
import { Problem } from "../../contract/problem.ts";
import type { Route } from "../../contract/route.ts";
import { routes } from "../../contract/routes.ts";
import { connectLive, refusedWith } from "../support/live-client.ts";
import {
  type ApiAnswer,
  platformStartMsMax,
  type RunningPlatform,
  startPlatform,
} from "../support/running-platform.ts";

/** The longest time that the edge caches an answer in these tests. It is short, so that a test can wait for its end. */
const keptSecondsMax = 10;
const requestsPerMinuteMax = 100;
const item = (name: string) => ({ name, description: "", barcodes: [] });

const Stack = z.looseObject({
  resource: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))),
  output: z.record(z.string(), z.unknown()),
});

/** Changes the service's Terraform before it is applied. */
function changeService(output: string, change: (stack: z.output<typeof Stack>) => void): void {
  const path = join(output, "stacks/laptop-service/cdk.tf.json");
  const stack = Stack.parse(JSON.parse(readFileSync(path, "utf8")));
  change(stack);
  writeFileSync(path, JSON.stringify(stack));
}

const cacheOf = (answer: ApiAnswer) => answer.headers.get("x-cache")?.replace(" from cloudfront", "");
const etagOf = (answer: ApiAnswer) => answer.headers.get("etag") ?? "";
const problemOf = (answer: ApiAnswer) => Problem.parse(answer.body);

describe("the edge", () => {
  let platform: RunningPlatform;
  let around: { readonly rest: string; readonly websocket: string };
  let admin: string;

  beforeAll(async () => {
    platform = await startPlatform((output) =>
      changeService(output, ({ resource, output: outputs }) => {
        const one = (type: string) => `${type}.${Object.keys(resource[type] ?? {})[0]}`;
        outputs.around = {
          value: {
            rest: `\${${one("aws_api_gateway_stage")}.invoke_url}`,
            websocket: `\${${one("aws_apigatewayv2_stage")}.invoke_url}`,
          },
        };
        for (const policy of Object.values(resource.aws_cloudfront_cache_policy ?? {})) {
          if (policy.max_ttl === limits.catalogueSharedMaxAgeSeconds) policy.max_ttl = keptSecondsMax;
        }
      }),
    );
    around = z.object({ rest: z.string(), websocket: z.string() }).parse(platform.outputs.around);
    admin = await platform.token({ scopes: "admin" });
  }, platformStartMsMax);

  afterAll(() => platform?.stop(), platformStartMsMax);

  const put = (sku: string, name: string) => platform.call("PUT", `/items/${sku}`, { token: admin, body: item(name) });
  const get = (path: string, headers: Record<string, string> = {}, token?: string) =>
    platform.call("GET", path, { headers, ...(token !== undefined && { token }) });

  describe("is the only way in", () => {
    it.each<[what: string, headers: Record<string, string>]>([
      ["without its secret", {}],
      ["with an invented secret", { "x-origin-verify": "00000000-0000-4000-8000-000000000000" }],
    ])("refuses REST requests that bypass it, %s", async (_, headers) => {
      const answer = await fetch(`${around.rest}/items`, { headers: { authorization: `Bearer ${admin}`, ...headers } });
      expect(answer.status).toBe(403);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(Problem.parse(await answer.json())).toMatchObject({ code: "forbidden" });
      expect((await get("/items", headers, admin)).status).toBe(200);
    });

    it("refuses WebSockets that bypass it, and does not use up their ticket", async () => {
      const { ticket } = Ticket.parse((await platform.call("POST", "/live/tickets", { token: admin })).body);
      expect(await refusedWith(`${around.websocket}?token=${ticket}`)).toBe(401);
      const client = await connectLive(platform.outputs.endpoints.websocket, ticket);
      expect(await client.ask('{"action":"ping"}', "pong")).toEqual({ type: "pong" });
      client.drop();
    });
  });

  describe("with a public catalogue", () => {
    it("answers a cached item itself with age and ETag, and answers a matching If-None-Match with 304", async () => {
      await put("WARM", "Warm");
      const first = await get("/items/WARM");
      expect([first.status, cacheOf(first), first.headers.get("cache-control")]).toEqual([
        200,
        "Miss",
        "s-maxage=30, max-age=0",
      ]);
      const again = await get("/items/WARM");
      expect([again.status, cacheOf(again), etagOf(again)]).toEqual([200, "Hit", '"1"']);
      expect(Number(again.headers.get("age"))).toBeLessThanOrEqual(keptSecondsMax);
      expect(again.body).toEqual(first.body);
      const same = await get("/items/WARM", { "if-none-match": etagOf(again) });
      expect([same.status, cacheOf(same), etagOf(same), same.body]).toEqual([304, "Hit", '"1"', ""]);
    });

    it("asks the origin for each token, which sees a change immediately; other callers see it later", async () => {
      await put("MOVED", "Before");
      expect((await get("/items/MOVED")).body).toMatchObject({ name: "Before" });
      await put("MOVED", "After");
      const reader = await platform.token({ scopes: "stock:read", subject: "reader" });
      for (const token of [admin, admin, reader]) {
        const own = await get("/items/MOVED", {}, token);
        expect(own).toMatchObject({ status: 200, body: { name: "After", version: 2 } });
        expect([cacheOf(own), own.headers.get("cache-control")]).toEqual(["Miss", "private, no-store"]);
      }
      expect(await get("/items/MOVED?consistency=strong")).toMatchObject({ body: { name: "After" } });
      await vi.waitFor(async () => expect(await get("/items/MOVED")).toMatchObject({ body: { name: "After" } }), {
        timeout: keptSecondsMax * 4_000,
        interval: 200,
      });
    });

    it("asks the origin whether a cached answer is still current when it has expired", async () => {
      await put("STEADY", "Steady");
      const first = await get("/items/STEADY");
      await vi.waitFor(
        async () => {
          const later = await get("/items/STEADY");
          expect([cacheOf(later), later.body]).toEqual(["RefreshHit", first.body]);
        },
        { timeout: keptSecondsMax * 4_000, interval: 200 },
      );
    });

    it("does not cache a 404, so an item is visible as soon as it is created", async () => {
      expect((await get("/items/UNMADE")).status).toBe(404);
      await put("UNMADE", "Made");
      expect((await get("/items/UNMADE")).status).toBe(200);
    });

    it("caches no other path, and passes ETag conditions to the origin", async () => {
      const answers = [await get("/stock/WARM", {}, admin), await get("/stock/WARM", {}, admin)];
      expect(answers.map(cacheOf)).toEqual(["Miss", "Miss"]);
      const tag = etagOf(answers[0] as ApiAnswer);
      expect((await get("/stock/WARM", { "if-none-match": tag }, admin)).status).toBe(304);
      const stale = { token: admin, body: item("Stale"), headers: { "if-match": '"7"' } };
      expect((await platform.call("PUT", "/items/WARM", stale)).status).toBe(412);
    });
  });

  describe("lets our own clients pass", () => {
    const withBody = Object.values<Route>(routes).filter(({ body }) => body !== undefined);
    const sent = async ({ method, path }: Pick<Route, "method" | "path">, bytes: number) => {
      const filled = path.replaceAll(/\{\w+\}/g, "LARGE");
      const answer = await fetch(`${platform.outputs.endpoints.api}${filled}`, {
        method,
        headers: {
          authorization: `Bearer ${admin}`,
          "content-type": "application/json",
          "idempotency-key": crypto.randomUUID(),
        },
        // JSON allows white space of any length.
        body: "{}".padEnd(bytes),
      });
      return { status: answer.status, body: Problem.safeParse(await answer.json().catch(() => undefined)).data };
    };

    it.each(withBody)("$method $path with the largest legal body, but no larger body", async (route) => {
      const largest = await sent(route, limits.bodyBytesMax);
      expect([403, 413], JSON.stringify(largest)).not.toContain(largest.status);
      expect(await sent(route, limits.bodyBytesMax + 1)).toMatchObject({
        status: 413,
        body: { code: "payload_too_large" },
      });
    });

    it("no larger body to a path without a route", async () => {
      const answer = await sent({ method: "POST", path: "/imports" }, limits.bodyBytesMax + 1);
      expect(answer).toMatchObject({ status: 413, body: { code: "payload_too_large" } });
    });

    it("free text that looks like an attack", async () => {
      const description = "<script>alert(1)</script> ../../etc/passwd http://169.254.169.254/latest http://10.0.0.1/x";
      const body = { name: "Odd", description };
      const made = await platform.call("PUT", "/items/ODD.LOG", { token: admin, body });
      expect(made).toMatchObject({ status: 201, body });
      expect((await get("/items/ODD.log")).status).toBe(404);
      for (const words of description.split(" ")) {
        expect((await get(`/items?search=${encodeURIComponent(words)}`)).status, words).toBe(200);
      }
    });

    it("a cursor of the greatest length, which the function validates", async () => {
      const answer = await get(`/items?limit=100&status=active&cursor=${"A".repeat(2_048)}`);
      expect(problemOf(answer).code).toBe("validation_failed");
    });

    it("programs without a user agent, but no scanner", async () => {
      expect(await statusWithoutUserAgent(`${platform.outputs.endpoints.api}/health`)).toBe(200);
      expect((await get("/health", { "user-agent": "nmap" })).status).toBe(403);
    });
  });

  describe("serves the console", () => {
    const page = async (path: string) => {
      const answer = await fetch(`${platform.outputs.endpoints.console}${path}`);
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    };

    it("as a page that runs only its own scripts, files that can be cached for ever, and its settings", async () => {
      const index = await page("/?code=1&state=2");
      expect(index.status).toBe(200);
      expect(index.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(index.headers.get("cache-control")).toBe("no-cache");
      expect(index.headers.get("content-security-policy")).toContain(`connect-src 'self' ${platform.issuer};`);
      const script = /src="\.(\/assets\/[^"]+\.js)"/.exec(index.text)?.[1] ?? "none";
      const file = await page(script);
      expect(file.status).toBe(200);
      expect(file.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect((await page(script)).headers.get("x-cache")).toBe("Hit from cloudfront");
      expect(JSON.parse((await page("/config.json")).text)).toEqual({
        api: "/v1",
        websocket: platform.outputs.endpoints.websocket,
        issuer: platform.issuer,
        clientId: "console",
        scope: "openid admin",
      });
    });

    it("and answers 403 for a file that does not exist", async () => {
      expect((await page("/assets/none.js")).status).toBe(403);
    });
  });
});

describe("the edge with a private catalogue", () => {
  let platform: RunningPlatform;

  beforeAll(async () => {
    platform = await startPlatform((output) =>
      changeService(output, ({ resource }) => {
        for (const { environment } of Object.values(resource.aws_lambda_function ?? {})) {
          const { variables } = z.object({ variables: z.record(z.string(), z.string()) }).parse(environment);
          if (variables.CATALOGUE_ACCESS)
            Object.assign(environment as object, { variables: { ...variables, CATALOGUE_ACCESS: "private" } });
        }
        for (const acl of Object.values(resource.aws_wafv2_web_acl ?? {})) {
          acl.rule = JSON.parse(JSON.stringify(acl.rule), (key, value) =>
            key === "limit" ? requestsPerMinuteMax : value,
          );
        }
      }),
    );
  }, platformStartMsMax);

  afterAll(() => platform?.stop(), platformStartMsMax);

  it("lets the origin answer each token every time, and refuses callers without a token", async () => {
    const admin = await platform.token({ scopes: "admin" });
    await platform.call("PUT", "/items/SECRET", { token: admin, body: item("Secret") });
    const get = (token?: string, headers: Record<string, string> = {}) =>
      platform.call("GET", "/items/SECRET", { headers, ...(token !== undefined && { token }) });
    for (const token of [admin, admin, await platform.token({ scopes: "stock:read", subject: "reader" })]) {
      const answer = await get(token);
      expect([answer.status, cacheOf(answer), answer.headers.get("cache-control")]).toEqual([
        200,
        "Miss",
        "private, no-store",
      ]);
      expect((await get(token, { "if-none-match": etagOf(answer) })).status).toBe(304);
      expect(problemOf(await get()).code).toBe("unauthorized");
    }
  });

  it("refuses an address that exceeds its rate, and says when to retry", async () => {
    let refused: ApiAnswer | undefined;
    for (let sent = 0; sent <= requestsPerMinuteMax && !refused; sent += 20) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => platform.call("GET", "/health")));
      refused = answers.find(({ status }) => status === 429);
    }
    expect(refused?.headers.get("retry-after")).toBe("60");
    expect(refused?.headers.get("access-control-allow-origin")).toBe("*");
    expect(Problem.parse(refused?.body)).toMatchObject({ code: "rate_limited", status: 429 });
  });
});

/** Sends a request without a user agent and returns the status. Node's fetch always adds one. */
function statusWithoutUserAgent(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}
