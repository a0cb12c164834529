import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits } from "../../../contract/limits.ts";
import { type ProblemCode, problems } from "../../../contract/problem.ts";
import {
  answerOf,
  type GatewayRequest,
  gatewayEvent,
  recordingLog,
  send,
} from "../../../test/support/gateway-event.ts";
import { recordingMeter } from "../../../test/support/meter.ts";
import { DeadlineError, done, forbidden } from "../../inventory/index.ts";
import type { RateLimiter } from "../cache/index.ts";
import { createHttpHandler } from "./handler.ts";
import type { RouteHandlers } from "./route-handlers.ts";

const nowMs = Date.parse("2026-03-01T12:00:00.000Z");
const level = {
  sku: "MUG",
  location: "LEEDS",
  onHand: 5,
  reserved: 0,
  incoming: 0,
  damaged: 0,
  qualityHold: 0,
  safety: 0,
  available: 5,
  backorderLimit: 0,
  sellable: 5,
  version: 7,
  updatedAt: null,
};
const line = { sku: "MUG", location: "LEEDS", quantity: 1 };
const movement = { kind: "receive", lines: [line] };
const token = { scope: "stock:read stock:write" };
const key = { "Idempotency-Key": "k-1" };

/** A rate limiter that accepts every client but one. */
const lenient: RateLimiter = {
  take: async (client) => ({
    allowed: client !== "client:greedy",
    quota: 20,
    windowSeconds: 2,
    remaining: client === "client:greedy" ? 0 : 19,
    resetSeconds: 1,
    retryAfterSeconds: 3,
  }),
};

/** Creates a stock handler that records the requests its routes get, so that a test can check them. */
function stockWith(overrides: Partial<RouteHandlers<"stock">> = {}, rateLimiter: RateLimiter = lenient) {
  const seen: unknown[] = [];
  const answer = (status: number) => async (request: unknown) => {
    seen.push(request);
    return done({ status, body: level, etag: '"7"' }) as never;
  };
  const routes: RouteHandlers<"stock"> = {
    getItemStock: answer(200),
    getLevel: answer(200),
    listLevels: answer(200),
    getPolicy: answer(200),
    putPolicy: answer(200),
    makeMovements: answer(201),
    ...overrides,
  };
  const [log, meter] = [recordingLog(), recordingMeter()];
  const handler = createHttpHandler({
    function: "stock",
    routes,
    clock: () => nowMs,
    ids: () => "id",
    log,
    meter,
    rateLimiter,
    checks: {
      makeMovements: ({ body }) => (body.reference === "checked" ? forbidden("stock:write") : undefined),
    },
  });
  return { handler, seen, log, meter };
}

describe("the order of errors", () => {
  /**
   * Each entry breaks one rule of POST /movements. The answer to several together is the first in the contract's order.
   */
  const violations: Partial<Record<ProblemCode, (request: GatewayRequest) => GatewayRequest>> = {
    unauthorized: (request) => ({ ...request, token: { scope: request.token?.scope ?? "", exp: nowMs / 1_000 } }),
    forbidden: (request) => ({ ...request, token: { ...request.token, scope: "stock:read" } }),
    rate_limited: (request) => ({ ...request, token: { scope: "", ...request.token, client: "greedy" } }),
    payload_too_large: (request) => ({ ...request, body: `${JSON.stringify(request.body)}${" ".repeat(65_536)}` }),
    validation_failed: (request) => ({ ...request, query: { surprise: "1" } }),
    idempotency_key_missing: ({ headers: _, ...request }) => request,
    item_not_found: (request) => request,
  };
  const codes = Object.keys(problems).filter((code) => code in violations) as ProblemCode[];

  it("is the contract's order for any combination of errors", async () => {
    const { handler } = stockWith({
      makeMovements: async () => ({ kind: "refused", refusal: { code: "item_not_found", detail: "There is none." } }),
    });
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(codes, { minLength: 1 }), async (broken) => {
        const good: GatewayRequest = { body: movement, headers: key, token };
        const request = broken.reduce((made, code) => violations[code]?.(made) ?? made, good);
        const answer = await send(handler, "makeMovements", request);
        const first = codes.find((code) => broken.includes(code) || code === "item_not_found");
        expect(answer.body.code).toBe(first);
      }),
      { numRuns: 200 },
    );
  });

  it("puts the function's own check after the shape and before a missing key", async () => {
    const { handler } = stockWith();
    const body = { ...movement, reference: "checked" };
    expect((await send(handler, "makeMovements", { body, token })).body.code).toBe("forbidden");
    const wrong = { ...body, surprise: 1 };
    expect((await send(handler, "makeMovements", { body: wrong, token })).body.code).toBe("validation_failed");
  });

  it("checks the token and its scope before the body", async () => {
    const { handler } = stockWith();
    const answer = await send(handler, "makeMovements", { body: "{", token: { scope: "reports:read" } });
    expect(answer.body).toMatchObject({ code: "forbidden", requiredScope: "stock:write", instance: "/v1/movements" });
    expect((await send(handler, "makeMovements", { body: "{" })).status).toBe(401);
  });
});

describe("rate limits", () => {
  it("are in the headers of every answer, including refusals", async () => {
    const { handler } = stockWith();
    const policy = { "RateLimit-Policy": '"command";q=20;w=2', RateLimit: '"command";r=19;t=1' };
    const made = await send(handler, "makeMovements", { body: movement, headers: key, token });
    expect(made).toMatchObject({ status: 201, headers: policy });
    expect(await send(handler, "makeMovements", { body: movement })).toMatchObject({ status: 401, headers: policy });
  });

  it("answer 429 with Retry-After to a client above its limit", async () => {
    const { handler, seen } = stockWith();
    const greedy = { body: movement, headers: key, token: { ...token, client: "greedy" } };
    expect(await send(handler, "makeMovements", greedy)).toMatchObject({
      status: 429,
      headers: { "Retry-After": "3", RateLimit: '"command";r=0;t=1' },
      body: { code: "rate_limited" },
    });
    expect(seen).toEqual([]);
  });

  it("stop no request while the limiter does not answer", async () => {
    const { handler } = stockWith({}, { take: async () => undefined });
    const answer = await send(handler, "makeMovements", { body: movement, headers: key, token });
    expect(answer.status).toBe(201);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("RateLimit"))).toEqual([]);
  });
});

describe("validation", () => {
  it("reports all violations of parameters, query, body and headers together", async () => {
    const { handler } = stockWith();
    const { status, body } = await send(handler, "putPolicy", {
      token,
      parameters: { sku: "a b", location: ".." },
      query: { x: "1" },
      body: { safety: -1, lowStock: { threshold: 5, clear: 5 }, "a/b~c": 1 },
      headers: { "If-Match": "7" },
    });
    expect(status).toBe(400);
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(
      ["/a~1b~0c", "/lowStock/clear", "/safety", "If-Match", "location", "sku", "x"].sort(),
    );
  });

  it("names a field deep in the body by its JSON Pointer", async () => {
    const { handler } = stockWith();
    const body = { kind: "receive", lines: [line, { ...line, quantity: 0, extra: true }] };
    const answer = await send(handler, "makeMovements", { token, headers: key, body });
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      "/lines/1/quantity",
      "/lines/1/extra",
    ]);
  });

  it.each([
    ["a query parameter given twice", "getLevel", { query: { minVersion: ["1", "2"] } }, "minVersion"],
    ["an unknown query parameter", "getLevel", { query: { verbose: "1" } }, "verbose"],
    ["a wrong content type", "makeMovements", { headers: { ...key, "Content-Type": "text/plain" } }, "Content-Type"],
    [
      "another charset",
      "makeMovements",
      { headers: { "Content-Type": "application/json; charset=latin1" } },
      "Content-Type",
    ],
    ["a compressed body", "makeMovements", { headers: { "Content-Encoding": "gzip" } }, "Content-Encoding"],
    ["no JSON", "makeMovements", { body: "{" }, ""],
    ["a key with a space", "makeMovements", { headers: { "Idempotency-Key": "a b" } }, "Idempotency-Key"],
    [
      "a key of 129 characters",
      "makeMovements",
      { headers: { "Idempotency-Key": "k".repeat(129) } },
      "Idempotency-Key",
    ],
    ["a list of versions", "makeMovements", { headers: { "If-Match": '"1", "2"' } }, "If-Match"],
    ["any version", "makeMovements", { headers: { "If-Match": "*" } }, "If-Match"],
    ["U+0000", "makeMovements", { body: { ...movement, reason: "a\0b" } }, "/reason"],
    ["half a surrogate pair", "makeMovements", { body: { ...movement, reason: "\ud800" } }, "/reason"],
  ] as const)("refuses %s", async (_, operation, request, path) => {
    const { handler } = stockWith();
    const parameters = { sku: "MUG", location: "LEEDS" };
    const body = operation === "makeMovements" ? movement : undefined;
    const answer = await send(handler, operation, { token, parameters, headers: key, body, ...request });
    expect(answer).toMatchObject({ status: 400, body: { code: "validation_failed" } });
    expect(answer.body.errors).toEqual([{ path, message: expect.any(String) }]);
  });

  it("refuses If-Match on a command that does not support it", async () => {
    const { handler } = createReservations();
    const answer = await send(handler, "holdReservation", {
      token: { scope: "admin" },
      headers: { ...key, "If-Match": '"1"' },
      body: { lines: [{ sku: "MUG", quantity: 1 }] },
    });
    expect(answer.body.errors).toEqual([{ path: "If-Match", message: "is not taken here" }]);
  });

  it("accepts a body at the limit and refuses one that is a byte longer", async () => {
    const { handler } = stockWith();
    const text = JSON.stringify(movement);
    const padded = (bytes: number) => text + " ".repeat(bytes - text.length);
    const request = { token, headers: key };
    const fits = await send(handler, "makeMovements", { ...request, body: padded(limits.bodyBytesMax) });
    const above = await send(handler, "makeMovements", { ...request, body: padded(limits.bodyBytesMax + 1) });
    expect([fits.status, above.status]).toEqual([201, 413]);
  });

  it("measures a body in bytes, not in characters", async () => {
    const { handler } = stockWith();
    const body = { ...movement, reason: "é".repeat(33_000) };
    expect((await send(handler, "makeMovements", { token, headers: key, body })).status).toBe(413);
  });

  it("treats an absent body as an empty object, and decodes a body in base64", async () => {
    const { handler, seen } = createReservations();
    const confirm = { token: { scope: "admin" }, parameters: { id: "r-1" }, headers: key };
    expect((await send(handler, "confirmReservation", confirm)).status).toBe(200);
    const event = gatewayEvent("confirmReservation", { ...confirm, body: "{}" });
    const encoded = { ...event, body: Buffer.from("{}").toString("base64"), isBase64Encoded: true };
    expect(answerOf(await handler(encoded)).status).toBe(200);
    const [first, second] = seen as { context: { idempotency: { bodyHash: string } } }[];
    expect(first?.context.idempotency.bodyHash).toBe(second?.context.idempotency.bodyHash);
  });

  it.each(['"7"', 'W/"7"'])("reads If-Match %s as version 7", async (ifMatch) => {
    const { handler, seen } = stockWith();
    await send(handler, "makeMovements", { token, headers: { ...key, "If-Match": ifMatch }, body: movement });
    expect(seen).toMatchObject([{ ifMatch: 7 }]);
  });

  it("decodes a path parameter, and reads headers in any case", async () => {
    const { handler, seen } = stockWith();
    const event = gatewayEvent("getLevel", { token, parameters: { sku: "M%55G", location: "LEEDS" } });
    await handler({ ...event, path: "/stock/MUG/LEEDS" });
    await send(handler, "makeMovements", {
      token,
      headers: { "idempotency-key": "k", "CONTENT-TYPE": "Application/JSON; Charset=UTF-8" },
      body: movement,
    });
    expect(seen).toMatchObject([{ parameters: { sku: "MUG" } }, { context: { idempotency: { key: "k" } } }]);
  });
});

function createReservations() {
  const seen: unknown[] = [];
  const handler = createHttpHandler({
    function: "reservations",
    routes: new Proxy({} as RouteHandlers<"reservations">, {
      has: () => true,
      get: () => async (request: unknown) => {
        seen.push(request);
        return done({ status: 200, body: {} });
      },
    }),
    clock: () => nowMs,
    ids: () => "id",
    log: recordingLog(),
    meter: recordingMeter(),
  });
  return { handler, seen };
}

describe("idempotency", () => {
  const hashOf = async (request: GatewayRequest) => {
    const { handler, seen } = stockWith();
    await send(handler, "makeMovements", { token, headers: key, ...request });
    return (seen as { context: { idempotency: object } }[])[0]?.context.idempotency;
  };

  it("belongs to client, subject, method and path, with a hash of the parsed body", async () => {
    expect(await hashOf({ body: movement })).toEqual({
      client: "shop",
      subject: "ada",
      method: "POST",
      path: "/movements",
      key: "k-1",
      bodyHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("is the same when only the order of members, the format of an instant or spaces differ", async () => {
    const at = { ...movement, occurredAt: "2026-03-01T12:00:00Z" };
    const reordered = JSON.stringify(
      { lines: [line], occurredAt: "2026-03-01T13:00:00+01:00", kind: "receive" },
      null,
      2,
    );
    expect(await hashOf({ body: at })).toEqual(await hashOf({ body: reordered }));
  });

  it("differs when a value of the body differs", async () => {
    const other = { ...movement, lines: [{ ...line, quantity: 2 }] };
    expect(await hashOf({ body: movement })).not.toEqual(await hashOf({ body: other }));
  });
});

describe("answers", () => {
  it("contain the entity tag, and are 304 for the same tag: strong or weak, alone or in a list", async () => {
    const { handler } = stockWith();
    const read = (ifNoneMatch?: string) =>
      send(handler, "getLevel", {
        token,
        parameters: { sku: "MUG", location: "LEEDS" },
        ...(ifNoneMatch && { headers: { "If-None-Match": ifNoneMatch } }),
      });
    expect(await read()).toMatchObject({ status: 200, headers: { ETag: '"7"', "Cache-Control": "private, no-store" } });
    for (const tag of ['"7"', 'W/"7"', '"1", "7"', "*"]) {
      expect(await read(tag)).toMatchObject({ status: 304, body: "", headers: { ETag: '"7"' } });
    }
    expect((await read('"8"')).status).toBe(200);
  });

  it("mark a replay, and no other answer", async () => {
    const replayed = stockWith({
      makeMovements: async () => done({ status: 201, body: { movements: [] } }, true),
    });
    const first = stockWith({ makeMovements: async () => done({ status: 201, body: { movements: [] } }) });
    const request = { token, headers: key, body: movement };
    expect((await send(replayed.handler, "makeMovements", request)).headers["Idempotent-Replayed"]).toBe("true");
    expect((await send(first.handler, "makeMovements", request)).headers).not.toHaveProperty("Idempotent-Replayed");
  });

  it("render a refusal as problem details with its own members", async () => {
    const shortfalls = [{ sku: "MUG", location: "LEEDS", requested: 2, available: 1 }] as never;
    const { handler } = stockWith({
      makeMovements: async () => ({
        kind: "refused",
        refusal: { code: "insufficient_stock", detail: "Too few.", shortfalls },
      }),
    });
    const answer = await send(handler, "makeMovements", { token, headers: key, body: movement });
    expect(answer.headers["Content-Type"]).toBe("application/problem+json");
    expect(answer.body).toEqual({
      type: "urn:holdfast:problem:insufficient_stock",
      title: "Not enough stock",
      status: 409,
      code: "insufficient_stock",
      detail: "Too few.",
      instance: "/v1/movements",
      shortfalls,
    });
  });

  it("are 503 with the code unavailable after a deadline, without an error in the log", async () => {
    const { handler, log } = stockWith({
      listLevels: async () => {
        throw new DeadlineError();
      },
    });
    const answer = await send(handler, "listLevels", { token, query: { location: "LEEDS" } });
    expect(answer).toMatchObject({
      status: 503,
      body: { code: "unavailable", detail: expect.stringContaining("8 s") },
    });
    expect(log.lines.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("are 503 with Retry-After for an unexpected error, which is logged and not shown to the client", async () => {
    const { handler, log } = stockWith({
      getLevel: async () => {
        throw new Error("secret inner state", { cause: new Error("deeper") });
      },
    });
    const answer = await send(handler, "getLevel", {
      token,
      parameters: { sku: "MUG", location: "LEEDS" },
      headers: { "X-Correlation-Id": "trace-9" },
    });
    expect(answer).toMatchObject({ status: 503, headers: { "Retry-After": "1" }, body: { code: "unavailable" } });
    expect(JSON.stringify(answer)).not.toContain("secret");
    expect(log.lines).toContainEqual({
      level: "error",
      message: "unexpected error",
      fields: expect.objectContaining({
        correlation_id: answer.headers["X-Request-Id"],
        operation: "getLevel",
        error: expect.any(Error),
      }),
    });
  });

  it("are logged with the request id of the answer and of its changes, and with the client's own id", async () => {
    const { handler, seen, log } = stockWith();
    const headers = { ...key, "X-Correlation-Id": "order-9" };
    const answer = await send(handler, "makeMovements", { token, headers, body: movement });
    const id = answer.headers["X-Request-Id"];
    expect(seen).toMatchObject([{ context: { requestId: id } }]);
    expect(log.lines).toEqual([
      {
        level: "info",
        message: "answered",
        fields: expect.objectContaining({ correlation_id: id, client_correlation_id: "order-9", outcome: "done" }),
      },
    ]);
  });

  it("are measured: commands by their outcome, every refusal by its code", async () => {
    const { handler, meter } = stockWith();
    const parameters = { sku: "MUG", location: "LEEDS" };
    await send(handler, "makeMovements", { token, headers: key, body: movement });
    await send(handler, "makeMovements", { token, body: movement });
    await send(handler, "getLevel", { token, parameters });
    await send(handler, "getLevel", { parameters });
    const command = { operation: "makeMovements" };
    expect(meter.measured).toEqual([
      { name: "CommandDuration", value: 0, labels: { ...command, outcome: "done" } },
      { name: "Refusals", value: 1, labels: { code: "idempotency_key_missing" } },
      { name: "CommandDuration", value: 0, labels: { ...command, outcome: "refused" } },
      { name: "Refusals", value: 1, labels: { code: "unauthorized" } },
    ]);
  });

  it("are 404 for a route of another function", async () => {
    const { handler } = stockWith();
    expect((await send(handler, "getItem", { parameters: { sku: "MUG" } })).body.code).toBe("not_found");
  });
});
