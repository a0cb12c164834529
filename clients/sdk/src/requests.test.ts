import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Fault, type StockServer, startStockServer } from "../stock-server.fixture.ts";
import { createHoldfast, type HoldfastOptions, isHoldfastError } from "./index.ts";

const body = { kind: "receive", lines: [{ sku: "MUG", location: "LEEDS", quantity: 1 }] } as const;
const command = { body: { ...body, lines: [...body.lines] } };
const unavailable: Fault = { status: 503, body: { code: "unavailable", detail: "later", status: 503 } };

let server: StockServer;
let waits: number[];
beforeEach(async () => {
  server = await startStockServer();
  waits = [];
});
afterEach(() => server.stop());

/** Creates a client with real time-outs. Waits between attempts end immediately and are recorded. */
function client(options: Partial<HoldfastOptions> = {}) {
  const after = (waitMs: number, run: () => void) => {
    if (waitMs < 30_000) waits.push(waitMs);
    const timer = setTimeout(run, waitMs < 30_000 ? 0 : waitMs);
    return () => clearTimeout(timer);
  };
  return createHoldfast({ api: server.api, ...options, ports: { after, ...options.ports } });
}

describe("a call", () => {
  it("keeps key and body in every attempt (503, 429, connection lost, then 201)", async () => {
    const limited: Fault = { status: 429, body: { code: "rate_limited", detail: "slower", status: 429 } };
    server.faults.push(unavailable, limited, "hang up");
    expect(await client().makeMovements(command)).toEqual({ movements: [] });
    expect(server.seen).toHaveLength(4);
    expect(new Set(server.seen.map(({ key, body }) => `${key} ${body}`)).size).toBe(1);
    expect(server.seen[0]?.key).toMatch(/^[0-9a-f]{32}$/);
  });

  it("sends a given key, and a new key for each other call", async () => {
    const holdfast = client();
    await holdfast.makeMovements(command, { idempotencyKey: "order-7" });
    await holdfast.makeMovements(command);
    await holdfast.makeMovements(command);
    expect(server.seen[0]?.key).toBe("order-7");
    expect(new Set(server.seen.map(({ key }) => key)).size).toBe(3);
  });

  it("waits a random time up to a ceiling that doubles, and ends after five attempts", async () => {
    server.faults.push(...Array.from({ length: 9 }, () => unavailable));
    const failing = client({ ports: { random: () => 0.999_999 } }).getItemStock({ sku: "MUG" });
    await expect(failing).rejects.toMatchObject({ code: "unavailable", status: 503 });
    expect(server.seen).toHaveLength(5);
    expect(waits.map(Math.round)).toEqual([200, 400, 800, 1_600]);
  });

  it("waits at least as long as Retry-After says (seconds, date), and gives up immediately when that is too long", async () => {
    const now = Date.parse("2026-01-01T00:00:00.000Z");
    const ports = { random: () => 0, now: () => now };
    const at = (header: string): Fault => ({ status: 503, headers: { "Retry-After": header } });
    server.faults.push(at("3"), at("Thu, 01 Jan 2026 00:00:07 GMT"));
    await client({ ports }).getItemStock({ sku: "MUG" });
    expect(waits).toEqual([3_000, 7_000]);
    server.faults.push(at("3600"));
    await expect(client({ ports }).getItemStock({ sku: "MUG" })).rejects.toMatchObject({ retryAfterMs: 3_600_000 });
  });

  it("throws a refusal as a typed error without a retry", async () => {
    const shortfalls = [{ sku: "MUG", requested: 2, available: 1 }];
    server.faults.push({
      status: 409,
      body: { code: "insufficient_stock", detail: "1 left", status: 409, shortfalls },
    });
    const error = await client()
      .makeMovements(command)
      .catch((cause: unknown) => cause);
    expect(isHoldfastError(error, "insufficient_stock") && error.shortfalls).toEqual(shortfalls);
    expect(server.seen).toHaveLength(1);
  });

  it("requests a new token once when the API refuses the old one", async () => {
    const tokens = ["old", "new"];
    const refusedTokens: (string | undefined)[] = [];
    const token = (refused?: string) => {
      refusedTokens.push(refused);
      return tokens[refusedTokens.length - 1] ?? "new";
    };
    server.faults.push({ status: 401, body: { code: "unauthorized", detail: "expired", status: 401 } });
    await client({ token }).getItemStock({ sku: "MUG" });
    expect(server.seen.map(({ authorization }) => authorization)).toEqual(["Bearer old", "Bearer new"]);
    expect(refusedTokens).toEqual([undefined, "old"]);
  });

  it("puts parameters into path and query as the route defines them", async () => {
    await client()
      .getLevel({ sku: "A B", location: "LEEDS", consistency: "strong", minVersion: undefined })
      .catch(() => undefined);
    expect(server.seen[0]?.path).toBe("/v1/stock/A%20B/LEEDS?consistency=strong");
  });

  it("sends the query when URLSearchParams has no size (Safari 16)", async () => {
    const size = vi.spyOn(URLSearchParams.prototype, "size", "get").mockReturnValue(undefined as unknown as number);
    await client()
      .listItems({ search: "a mug" })
      .catch(() => undefined);
    size.mockRestore();
    expect(server.seen[0]?.path).toBe("/v1/items?search=a+mug");
  });

  it("rejects with the caller's reason when it is aborted between attempts", async () => {
    server.faults.push(unavailable);
    const abort = new AbortController();
    const after = (waitMs: number, run: () => void) => {
      if (waitMs >= 30_000) return () => undefined;
      queueMicrotask(() => abort.abort(new Error("the page was left")));
      return () => void run;
    };
    const aborted = client({ ports: { after } }).getItemStock({ sku: "MUG" }, { signal: abort.signal });
    await expect(aborted).rejects.toThrow("the page was left");
    expect(server.seen).toHaveLength(1);
  });
});
