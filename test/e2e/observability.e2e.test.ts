import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { metrics } from "../../contract/metric.ts";
import { EmbeddedMetrics } from "../support/embedded-metrics.ts";
import { platformStartMsMax, type RunningPlatform, startPlatform } from "../support/running-platform.ts";

const arrival = { timeout: 30_000, interval: 500 };
const testMsMax = 240_000;
const sku = "SEEN";
const location = "LEEDS";

let platform: RunningPlatform;
let token: string;

beforeAll(async () => {
  platform = await startPlatform();
  token = await platform.token({ scopes: "admin" });
  await call("PUT", `/locations/${location}`, { name: "Leeds", kind: "warehouse" });
}, platformStartMsMax);

afterAll(() => platform?.stop(), platformStartMsMax);

/** Sends a request and returns the answer with its request id. */
async function call(method: string, path: string, body?: object, as = token) {
  const answer = await platform.call(method, path, { token: as, ...(body && { body }) });
  const id = answer.headers.get("x-request-id");
  if (id === null) throw new Error(`${method} ${path} was answered ${answer.status} without X-Request-Id`);
  return { ...answer, id };
}

const receive = (quantity: number) =>
  call("POST", "/movements", { kind: "receive", lines: [{ sku, location, quantity }] });
const hold = (quantity: number, ttlSeconds = 900, as = token) =>
  call("POST", "/reservations", { ttlSeconds, lines: [{ sku, location, quantity }] }, as);

const Line = z.looseObject({ level: z.string().optional() });

/** Returns the JSON lines that a function logged. */
function linesOf(fn: string): readonly Record<string, unknown>[] {
  const file = join(platform.folder, "state", "services", "logs", `lambda-holdfast-laptop-${fn}.log`);
  const text = readFileSync(file, { encoding: "utf8", flag: "a+" });
  return text.split("\n").flatMap((line) => {
    const start = line.indexOf("{");
    if (start < 0) return [];
    try {
      return [Line.parse(JSON.parse(line.slice(start)))];
    } catch {
      return [];
    }
  });
}

/** Returns the log levels of a function's lines that contain the id. */
const levelsAbout = (fn: string, id: string) =>
  linesOf(fn)
    .filter((line) => JSON.stringify(line).includes(id))
    .map(({ level }) => level);

/** Waits until each of these functions has logged a line at INFO that contains the id. */
const foundIn = (functions: readonly string[], id: string) =>
  vi.waitFor(() => {
    const lacking = functions.filter((fn) => !levelsAbout(fn, id).includes("INFO"));
    expect(lacking, `functions without a line about ${id}`).toEqual([]);
  }, arrival);

/** Returns every value of a metric that a function wrote, and checks each line against the format and the contract. */
function valuesOf(fn: string, name: keyof typeof metrics): { value: number; labels: Record<string, unknown> }[] {
  return linesOf(fn)
    .filter((line) => "_aws" in line && name in line)
    .flatMap((line) => {
      const parsed = EmbeddedMetrics.parse(line);
      const [{ Namespace, Dimensions, Metrics }] = parsed._aws.CloudWatchMetrics;
      const { unit, labels } = metrics[name];
      expect(Namespace).toBe("Holdfast");
      expect(Dimensions).toEqual([["service", "environment", ...labels]]);
      expect(Metrics).toContainEqual({ Name: name, Unit: unit });
      expect(parsed).toMatchObject({ service: fn, environment: "laptop" });
      const values = z.array(z.number()).parse([line[name]].flat());
      return values.map((value) => ({
        value,
        labels: Object.fromEntries(labels.map((label) => [label, line[label]])),
      }));
    });
}

describe("the id of a request", () => {
  it(
    "is in an INFO line of every function that handled the request, in SQL and in its movement",
    async () => {
      const { url, posted } = await openReceiver();
      await call("POST", "/webhooks", { url, events: ["ReservationHeld", "StockRanLow"] });
      const created = await call("PUT", `/items/${sku}`, { name: "A mug that is seen" });
      await receive(10);
      await call("PUT", `/stock/${sku}/${location}/policy`, { lowStock: { threshold: 5, clear: 8 } });
      // The gateway caches the authorizer's answer by token, so this request needs a new token.
      const { id, status } = await hold(6, 900, await platform.token({ scopes: "admin", subject: "ada" }));
      expect(status).toBe(201);

      const through = ["authorizer", "reservations", "etl", "cache-refresher", "live-broadcaster", "publisher"];
      await foundIn([...through, "low-stock", "mail", "webhook-delivery"], id);
      await foundIn(["catalogue", "publisher", "search-indexer"], created.id);
      await vi.waitFor(() => expect(posted.map(({ correlationId }) => correlationId)).toContain(id), arrival);
      const ledger = "SELECT request_id FROM audit.movement WHERE sku = $1 AND kind = 'reserve'";
      expect(await platform.sql(ledger, [sku])).toEqual([{ request_id: id }]);
    },
    testMsMax,
  );

  it("leads from a hold to the expiry of its reservation, which is a command with an id of its own", async () => {
    const { id, body } = await hold(1, 1);
    const expired = () =>
      linesOf("expiry").find(({ message, timer_correlation_id: from }) => message === "expired" && from === id);
    await vi.waitFor(() => expect(expired()).toBeDefined(), arrival);
    expect(expired()).toMatchObject({ reservation: z.object({ id: z.string() }).parse(body).id });
    const command = String(expired()?.correlation_id);
    await foundIn(["etl", "publisher"], command);
  });

  it("is also on requests that the gateway itself refuses", async () => {
    const answer = await platform.call("GET", `/stock/${sku}`, { token: "no.such.token" });
    expect(answer.status).toBe(401);
    const id = answer.headers.get("x-amzn-requestid") ?? "none";
    await vi.waitFor(() => expect(levelsAbout("authorizer", id)).toEqual(["INFO"]), arrival);
  });
});

describe("metrics", () => {
  it("report holds, refusals, expiries, arrivals and cached reads in the functions' own lines", async () => {
    await receive(5);
    await hold(1, 1);
    expect((await hold(1_000)).status).toBe(409);
    const labelsOf = (name: "CommandDuration" | "Refusals") =>
      valuesOf("reservations", name).map(({ labels }) => labels);
    await vi.waitFor(() => {
      expect(valuesOf("reservations", "ReservationsHeld").length).toBeGreaterThan(0);
      expect(labelsOf("Refusals")).toContainEqual({ code: "insufficient_stock" });
      for (const outcome of ["done", "refused"]) {
        expect(labelsOf("CommandDuration")).toContainEqual({ operation: "holdReservation", outcome });
      }
      const lags = valuesOf("expiry", "ExpiryLag");
      expect(lags.length).toBeGreaterThan(0);
      for (const { value } of lags) expect(value).toBeGreaterThanOrEqual(0);
      expect(valuesOf("expiry", "ReservationsExpired")).toHaveLength(lags.length);
    }, arrival);
    for (const fn of ["etl", "cache-refresher", "live-broadcaster", "publisher"]) {
      await vi.waitFor(() => expect(valuesOf(fn, "FeedLag").length, fn).toBeGreaterThan(0), arrival);
    }
    await vi.waitFor(async () => {
      const read = await platform.call("GET", `/stock/${sku}/${location}`, { token });
      expect(read.body).toMatchObject({ source: "cache" });
    }, arrival);
    await vi.waitFor(() => expect(valuesOf("stock", "CacheHit").length).toBeGreaterThan(0), arrival);
  });
});

/** Starts a server that keeps the posts of webhooks. */
async function openReceiver() {
  const Posted = z.object({ data: z.object({ correlationId: z.string() }) });
  const posted: z.output<typeof Posted>["data"][] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    posted.push(Posted.parse(JSON.parse(body)).data);
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { posted, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}
