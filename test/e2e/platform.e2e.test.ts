import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { Redis } from "ioredis";
import { clientOptions } from "laptop-cloud/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { platformStartMsMax, type RunningPlatform, startPlatform } from "../support/running-platform.ts";

/** Time for a change to reach SQL, the archive or a timer. The contract promises 30 s, and 5 s after a deadline. */
const arrival = { timeout: 60_000, interval: 200 };
/** The contract promises that a search finds a changed item within 10 s. */
const searchWait = { timeout: 10_000, interval: 200 };
const Webhook = z.looseObject({ id: z.string(), secret: z.string() });
const Reservation = z.looseObject({ id: z.string(), status: z.string(), version: z.number() });

let platform: RunningPlatform;
let admin: string;

beforeAll(async () => {
  platform = await startPlatform();
  admin = await platform.token({ scopes: "admin" });
}, platformStartMsMax);

afterAll(() => platform?.stop(), platformStartMsMax);

const location = "LEEDS";

async function stocked(sku: string, quantity: number): Promise<void> {
  await platform.call("PUT", `/locations/${location}`, { token: admin, body: { name: "Leeds", kind: "warehouse" } });
  await platform.call("PUT", `/items/${sku}`, { token: admin, body: { name: `Item ${sku}` } });
  const received = await platform.call("POST", "/movements", {
    token: admin,
    body: { kind: "receive", lines: [{ sku, location, quantity }] },
  });
  expect(received.status).toBe(201);
}

async function hold(sku: string, quantity: number, ttlSeconds = 900) {
  const body = { ttlSeconds, lines: [{ sku, location, quantity }] };
  const held = await platform.call("POST", "/reservations", { token: admin, body });
  expect(held.status).toBe(201);
  return Reservation.parse(held.body);
}

const post = (path: string, body: object = {}) => platform.call("POST", path, { token: admin, body });
const level = async (sku: string) => (await platform.call("GET", `/stock/${sku}/${location}`, { token: admin })).body;

describe("a sale", () => {
  it("reaches the ledger, the level in SQL, the archive and a report", async () => {
    await stocked("SALE", 10);
    const { id } = await hold("SALE", 4);
    expect((await post(`/reservations/${id}/confirm`)).body).toMatchObject({ status: "CONFIRMED" });
    expect((await post(`/reservations/${id}/fulfil`)).body).toMatchObject({ status: "FULFILLED", version: 3 });
    expect(await level("SALE")).toMatchObject({ onHand: 6, reserved: 0, sellable: 6, version: 3 });

    await vi.waitFor(async () => {
      const ledger = await platform.sql(
        "SELECT version::int, kind, on_hand, reserved FROM audit.movement WHERE sku = $1 ORDER BY version",
        ["SALE"],
      );
      expect(ledger).toEqual([
        { version: 1, kind: "receive", on_hand: 10, reserved: 0 },
        { version: 2, kind: "reserve", on_hand: 10, reserved: 4 },
        { version: 3, kind: "fulfil", on_hand: 6, reserved: 0 },
      ]);
    }, arrival);
    const current = "SELECT on_hand, reserved, version::int FROM reporting.stock_level WHERE sku = $1";
    expect(await platform.sql(current, ["SALE"])).toEqual([{ on_hand: 6, reserved: 0, version: 3 }]);
    const events = "SELECT status FROM audit.reservation_event WHERE reservation_id = $1 ORDER BY version";
    await vi.waitFor(async () => {
      expect(await platform.sql(events, [id])).toEqual(
        ["HELD", "CONFIRMED", "FULFILLED"].map((status) => ({ status })),
      );
    }, arrival);
    await vi.waitFor(async () => expect(await archivedVersions("SALE")).toEqual([1, 2, 3]), arrival);

    const report = await platform.call("GET", "/reports/stock-on-hand?sku=SALE&format=csv", { token: admin });
    expect(report.body).toMatch(/^sku,location,.*\r?\nSALE,LEEDS,/);
    const movements = await platform.call("GET", `/stock/SALE/${location}/movements?limit=1`, { token: admin });
    expect(movements.body).toMatchObject({ items: [{ kind: "fulfil", version: 3 }], nextCursor: expect.any(String) });
  });

  it("is refused with the shortfall when stock is short, and holds nothing", async () => {
    await stocked("SHORT", 3);
    const body = { lines: [{ sku: "SHORT", location, quantity: 4 }] };
    const refused = await platform.call("POST", "/reservations", { token: admin, body });
    expect(refused.status).toBe(409);
    expect(refused.headers.get("content-type")).toMatch("application/problem+json");
    expect(refused.body).toMatchObject({
      code: "insufficient_stock",
      shortfalls: [{ sku: "SHORT", location, requested: 4, available: 3 }],
    });
    expect(await level("SHORT")).toMatchObject({ reserved: 0, version: 1 });
  });

  it("has one effect (twenty equal requests at the same time)", async () => {
    await stocked("ONCE", 50);
    const headers = { "idempotency-key": "twenty" };
    const body = { lines: [{ sku: "ONCE", location, quantity: 1 }] };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => platform.call("POST", "/reservations", { token: admin, body, headers })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect(new Set(answers.map((answer) => Reservation.parse(answer.body).id)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get("idempotent-replayed") === null)).toHaveLength(1);
    expect(await level("ONCE")).toMatchObject({ reserved: 1, version: 2 });
  });
});

describe("a hold that nobody confirms", () => {
  it("shows EXPIRED at its deadline and gives its stock back", async () => {
    await stocked("LAPSE", 5);
    const { id } = await hold("LAPSE", 5, 1);
    await vi.waitFor(async () => {
      const shown = await platform.call("GET", `/reservations/${id}`, { token: admin });
      expect(shown.body).toMatchObject({ status: "EXPIRED" });
    }, arrival);
    await vi.waitFor(async () => expect(await level("LAPSE")).toMatchObject({ reserved: 0, sellable: 5 }), arrival);
    expect((await post(`/reservations/${id}/confirm`)).body).toMatchObject({ code: "reservation_expired" });
  });
});

describe("lists", () => {
  it("contain the catalogue, an owner's reservations and a location's levels", async () => {
    await stocked("LISTED", 2);
    const { id } = await hold("LISTED", 1);
    const list = async (path: string) => (await platform.call("GET", path, { token: admin })).body;
    expect(await list("/items?limit=100")).toMatchObject({ items: expect.arrayContaining([anItem("LISTED")]) });
    expect(await list("/reservations")).toMatchObject({ items: expect.arrayContaining([anItem(id, "id")]) });
    expect(await list(`/stock?location=${location}`)).toMatchObject({
      items: expect.arrayContaining([anItem("LISTED")]),
    });
    expect(await list("/stock/LISTED")).toMatchObject({ totals: { onHand: 2, reserved: 1 } });
  });
});

describe("events", () => {
  it("make a changed item findable within 10 s, even by misspelt words", async () => {
    const body = { name: "Hanging lantern", description: "For gardens" };
    await platform.call("PUT", "/items/LANTERN-9", { token: admin, body });
    await vi.waitFor(async () => {
      const found = await platform.call("GET", "/items?search=hangin%20lantren", { token: admin });
      expect(found).toMatchObject({ status: 200, body: { items: [anItem("LANTERN-9")], nextCursor: null } });
    }, searchWait);
  });

  it("send one mail when a level runs low, and another one only after it has recovered", async () => {
    await stocked("WATCHED", 20);
    const policy = { lowStock: { threshold: 5, clear: 10 } };
    await platform.call("PUT", `/stock/WATCHED/${location}/policy`, { token: admin, body: policy });
    const moved = async (quantity: number) =>
      post("/movements", { kind: "adjust", lines: [{ sku: "WATCHED", location, quantity }] });
    const available = async () =>
      (await mailsAbout("WATCHED")).map(({ subject }) => subject.match(/(\d+) available/)?.[1]);
    await moved(-16); // 4
    await moved(3); // 7: above the threshold, below clear
    await moved(-4); // 3: still the same crossing
    await moved(9); // 12: recovered
    await moved(-10); // 2
    await vi.waitFor(async () => expect(await available()).toEqual(["4", "2"]), arrival);
  });

  it("are posted to webhooks with a signature, and posted again with the same id after a failure", async () => {
    const { url, received } = await openReceiver([500, 200]);
    const request = { token: admin, body: { url, events: ["ItemChanged"] }, headers: { "idempotency-key": "hook" } };
    const made = Webhook.parse((await platform.call("POST", "/webhooks", request)).body);
    expect((await platform.call("POST", "/webhooks", request)).body).toEqual(made);
    let changes = 0;
    await vi.waitFor(async () => {
      changes += 1;
      await platform.call("PUT", "/items/HOOKED", { token: admin, body: { name: `Hooked ${changes}` } });
      expect(received.length).toBeGreaterThan(0);
    }, arrival);
    const [first] = received;
    const again = () =>
      received.find((post) => post !== first && post.headers["webhook-id"] === first?.headers["webhook-id"]);
    await vi.waitFor(() => expect(again()).toBeDefined(), arrival);
    const second = again();
    expect(second?.body).toBe(first?.body);
    const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = second?.headers ?? {};
    const key = Buffer.from(made.secret.replace("whsec_", ""), "base64");
    const signed = createHmac("sha256", key).update(`${id}.${timestamp}.${second?.body}`).digest("base64");
    expect(signature).toBe(`v1,${signed}`);
    expect(await platform.call("GET", "/webhooks", { token: admin })).toMatchObject({
      body: { items: [anItem(made.id, "id")] },
    });
    expect((await platform.call("DELETE", `/webhooks/${made.id}`, { token: admin })).status).toBe(204);
  });

  it("report a refused hold when the bus accepts the event within 50 ms", async () => {
    const { url, received } = await openReceiver([200]);
    const body = { url, events: ["ReservationRefused"] };
    const { id } = Webhook.parse((await platform.call("POST", "/webhooks", { token: admin, body })).body);
    await stocked("REFUSED", 1);
    await vi.waitFor(async () => {
      const lines = [{ sku: "REFUSED", location, quantity: 2 }];
      expect((await post("/reservations", { lines })).status).toBe(409);
      expect(received.map((posted) => JSON.parse(posted.body))).toContainEqual(
        expect.objectContaining({
          type: "ReservationRefused",
          data: expect.objectContaining({ refused: expect.objectContaining({ owner: "tester", lines }) }),
        }),
      );
    }, arrival);
    await platform.call("DELETE", `/webhooks/${id}`, { token: admin });
  });

  it("have a published description", async () => {
    const described = await platform.call("GET", "/asyncapi.json");
    expect(described).toMatchObject({ status: 200, body: { asyncapi: "3.0.0" } });
  });
});

describe("the backstops", () => {
  it("keep a reservation that is not due yet, and store an unreadable record in quarantine", async () => {
    await stocked("SWEPT", 1);
    const { id } = await hold("SWEPT", 1);
    const dueAt = new Date(Date.now() + 900_000).toISOString();
    await invoke("expiry", { Records: [queueRecord({ id, dueAt })] });
    await invoke("expiry-sweep", {});
    expect(await level("SWEPT")).toMatchObject({ reserved: 1 });

    const dynamodb = new DynamoDBClient(clientOptions(platform.cloud.endpoints.dynamodb ?? ""));
    const Item = { pk: { S: "STOCK#BROKEN" }, sk: { S: "AT#NOWHERE" }, type: { S: "level" }, onHand: { S: "many" } };
    await dynamodb.send(new PutItemCommand({ TableName: platform.outputs.inventory_table, Item }));
    await vi.waitFor(async () => {
      const { Contents = [] } = await s3().send(
        new ListObjectsV2Command({ Bucket: platform.outputs.quarantine_bucket }),
      );
      expect(Contents.length).toBeGreaterThan(0);
    }, arrival);
  });
});

describe("the cache", () => {
  const cached = { status: 200, body: expect.objectContaining({ source: "cache", onHand: 7, version: 1 }) };

  it("answers repeated reads, and is bypassed while it does not answer", async () => {
    await stocked("CACHED", 7);
    const read = () => platform.call("GET", `/stock/CACHED/${location}`, { token: admin });
    await vi.waitFor(async () => expect(await read()).toMatchObject(cached), arrival);
    const limited = await read();
    expect(limited.headers.get("ratelimit-policy")).toBe('"read";q=4000;w=2');
    expect(limited.headers.get("ratelimit")).toMatch(/^"read";r=\d+;t=\d+$/);

    const redis = new Redis(platform.cloud.endpoints.redis ?? "", { lazyConnect: true });
    await redis.connect();
    await redis.client("PAUSE", 3_000, "ALL");
    redis.disconnect();
    const without = await read();
    expect(without).toMatchObject({ status: 200, body: { source: "table", onHand: 7, version: 1 } });
    expect(without.headers.get("ratelimit")).toBeNull();
    await stocked("UNCACHED", 3);
    await vi.waitFor(async () => expect(await read()).toMatchObject(cached), arrival);
  });
});

describe("operations", () => {
  it("report every queue with its dead letters, the feed into SQL, and no gap", async () => {
    await stocked("WATCHED-FEED", 1);
    const token = await platform.token({ scopes: "operations:read" });
    const state = async () => (await platform.call("GET", "/operations", { token })).body;
    const counted = { inFlight: expect.any(Number), delayed: expect.any(Number), deadLetters: 0 };
    await vi.waitFor(async () => {
      expect(await state()).toMatchObject({
        queues: expect.arrayContaining(
          ["expiry", "low-stock", "mail", "search", "webhooks"].map((name) => ({
            name,
            depth: expect.any(Number),
            ...counted,
          })),
        ),
        feeds: [{ name: "etl", asOf: expect.any(String), lagSeconds: expect.any(Number), movedAt: expect.any(String) }],
        gaps: { open: 0, oldestAt: null },
      });
    }, arrival);
    await hold("WATCHED-FEED", 1);
    // The delayed message is the reservation's timer.
    await vi.waitFor(
      async () =>
        expect(await state()).toMatchObject({
          queues: expect.arrayContaining([
            expect.objectContaining({ name: "expiry", delayed: expect.toSatisfy((count) => count > 0) }),
          ]),
        }),
      arrival,
    );
    const other = await platform.token({ scopes: "reports:read" });
    expect(await platform.call("GET", "/operations", { token: other })).toMatchObject({
      status: 403,
      body: { requiredScope: "operations:read" },
    });
  });
});

describe("the gateway", () => {
  it("answers unknown paths with 404 without a token", async () => {
    const answer = await platform.call("GET", "/nowhere");
    expect(answer).toMatchObject({ status: 404, body: { code: "not_found", status: 404 } });
  });

  it("refuses a missing and a bad token with 401, and a token without the scope with 403", async () => {
    const path = `/stock/SALE/${location}`;
    expect(await platform.call("GET", path)).toMatchObject({ status: 401, body: { code: "unauthorized" } });
    expect(await platform.call("GET", path, { token: "no.such.token" })).toMatchObject({ status: 401 });
    const token = await platform.token({ scopes: "reservations:read" });
    expect(await platform.call("GET", path, { token })).toMatchObject({
      status: 403,
      body: { code: "forbidden", requiredScope: "stock:availability" },
    });
  });

  it("serves the catalogue without a token, and refuses a bad one there too", async () => {
    await stocked("OPEN", 1);
    expect(await platform.call("GET", "/items/OPEN")).toMatchObject({ status: 200, body: { sku: "OPEN" } });
    expect(await platform.call("GET", "/items/OPEN", { token: "no.such.token" })).toMatchObject({ status: 401 });
  });

  it("serves its own description", async () => {
    expect(await platform.call("GET", "/openapi.json")).toMatchObject({ status: 200, body: { openapi: "3.1.0" } });
    expect(await platform.call("GET", "/health")).toMatchObject({ status: 200, body: { status: "ok" } });
  });
});

describe("the policies of the functions", () => {
  it("allow only what the tests above use, except for the justified grants", () => {
    const { given, used } = platform.cloud.grants;
    const unused = given().filter((grant) => !used().has(grant) && !justified.some(([pattern]) => pattern.test(grant)));
    expect(new Set(unused)).toEqual(new Set());
  });
});

/** Grants that this run cannot use, and the reason for each. */
const justified: readonly (readonly [grant: RegExp, reason: string])[] = [
  [/: logs:/, "Lambda itself writes the log"],
  [/: xray:/, "Lambda itself sends the traces; the laptop has no service that receives them"],
  [/: kms:/, "DynamoDB itself uses the key on behalf of the table's readers"],
  [/-live-(authorizer|broadcaster|session|tickets): /, "used by test/live.e2e.test.ts, on a platform of its own"],
  [/: ec2:/, "Lambda itself attaches the function to the network"],
  [/: rds-db:connect$/, "RDS itself checks it at sign-in; the laptop's database trusts the loopback"],
  [
    /expiry-sweep: dynamodb:PutItem$/,
    "needed only for a reservation whose timer was lost; the function's own tests cover it",
  ],
  [
    /-(mail|webhook-delivery): dynamodb:(GetItem|DeleteItem)$/,
    "needed only when a send failed or is in progress; the function's own tests cover it",
  ],
];

/** Starts a server that answers with these statuses in order, and then repeats the last one. */
async function openReceiver(statuses: number[]) {
  const received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    response.writeHead((statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

async function mailsAbout(sku: string): Promise<{ readonly subject: string }[]> {
  const sent = await (await fetch(`${platform.cloud.endpoints.sesv2}/mails`)).json();
  return z
    .array(z.object({ subject: z.string() }))
    .parse(sent)
    .filter(({ subject }) => subject.includes(sku));
}

const anItem = (value: string, key = "sku") => expect.objectContaining({ [key]: value });

async function invoke(name: string, event: object): Promise<void> {
  const url = `${platform.cloud.endpoints.lambda}/2015-03-31/functions/holdfast-laptop-${name}/invocations`;
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(event) });
  expect(answer.headers.get("x-amz-function-error")).toBeNull();
}

const queueRecord = (body: object) => ({
  messageId: crypto.randomUUID(),
  receiptHandle: "r",
  attributes: {},
  messageAttributes: {},
  md5OfBody: "",
  eventSource: "aws:sqs",
  eventSourceARN: "arn:aws:sqs:eu-west-1:000000000000:q",
  awsRegion: "eu-west-1",
  body: JSON.stringify(body),
});

const s3 = () => new S3Client({ ...clientOptions(platform.cloud.endpoints.s3 ?? ""), forcePathStyle: true });

const ArchivedChange = z.object({
  dynamodb: z.object({
    NewImage: z
      .object({
        type: z.object({ S: z.string() }),
        sku: z.object({ S: z.string() }).optional(),
        version: z.object({ N: z.string() }),
      })
      .optional(),
  }),
});

async function archivedVersions(sku: string): Promise<number[]> {
  const Bucket = platform.outputs.archive_bucket;
  const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket }));
  const versions = new Set<number>();
  for (const { Key } of Contents) {
    const object = await s3().send(new GetObjectCommand({ Bucket, Key }));
    const lines = gunzipSync((await object.Body?.transformToByteArray()) ?? new Uint8Array()).toString("utf8");
    for (const line of lines.split("\n").filter((text) => text !== "")) {
      const image = ArchivedChange.parse(JSON.parse(line)).dynamodb.NewImage;
      if (image?.type.S === "level" && image.sku?.S === sku) versions.add(Number(image.version.N));
    }
  }
  return [...versions].toSorted((a, b) => a - b);
}
