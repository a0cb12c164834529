import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { dynamoDbEndpoint } from "laptop-cloud/testing";
import { beforeAll, describe, expect, it } from "vitest";
import type { LocationId } from "../../contract/identifiers.ts";
import { type Fault, startFaultProxy } from "../../test/support/fault-proxy.ts";
import { openShop, type Shop } from "../../test/support/shop.ts";
import { requestKey } from "../inventory/index.ts";

interface Scene {
  readonly shop: Shop;
  readonly location: LocationId;
  /** Faults of the next transactions, in order. */
  readonly script: (Fault | undefined)[];
  /** Runs before the next fence reaches DynamoDB Local. */
  beforeFence: (() => Promise<unknown>) | undefined;
  readonly proxy: Awaited<ReturnType<typeof startFaultProxy>>;
}

let scene: Scene;
beforeAll(async () => {
  const script: (Fault | undefined)[] = [];
  const proxy = await startFaultProxy(await dynamoDbEndpoint(), async ({ operation }) => {
    if (operation === "TransactWriteItems") return script.shift();
    if (operation === "PutItem") await scene.beforeFence?.();
    return undefined;
  });
  const shop = await openShop({ endpoint: proxy.endpoint });
  scene = { shop, script, proxy, beforeFence: undefined, location: await shop.addLocation("main") };
  return () => proxy.stop();
});

/** Creates a new item for one test, with functions to change and read its level. */
async function emptyLevel({ shop }: Scene) {
  const sku = await shop.addItem(`item-${crypto.randomUUID()}`);
  const { location } = scene;
  const key = `key-${crypto.randomUUID()}`;
  const adjust = (quantity: number, context = shop.context(key)) =>
    shop.stock.makeMovements(context, { kind: "adjust", lines: [{ sku, location, quantity }] });
  const receive = (quantity: number) =>
    shop.stock.makeMovements(shop.context(`receive-${crypto.randomUUID()}`), {
      kind: "receive",
      lines: [{ sku, location, quantity }],
    });
  const level = () => shop.stock.readLevel(sku, location, { consistent: true });
  const record = async () => {
    const { idempotency } = shop.context(key);
    if (!idempotency) throw new Error("the command of this test has a key");
    const Key = requestKey(idempotency);
    return (await shop.direct.send(new GetCommand({ TableName: shop.tables.requests, Key }))).Item;
  };
  return { adjust, receive, level, record };
}

const refusedForStock = { kind: "refused", refusal: { code: "insufficient_stock" } };

describe("a command whose outcome is unknown", () => {
  it.each(["breakAfter", "timeoutAfter"] as const)("has its effect once and is no replay (%s)", async (fault) => {
    const { adjust, receive, level } = await emptyLevel(scene);
    await receive(5);
    scene.script.push(fault);
    expect(await adjust(-2)).toMatchObject({ kind: "done", replayed: false });
    expect(await level()).toMatchObject({ onHand: 3, version: 2 });
    expect(await adjust(-2)).toMatchObject({ kind: "done", replayed: true });
    expect(await level()).toMatchObject({ onHand: 3, version: 2 });
  });

  it("writes a fence before it answers a refusal", async () => {
    const { adjust, record } = await emptyLevel(scene);
    scene.script.push("breakBefore");
    expect(await adjust(-2)).toMatchObject(refusedForStock);
    expect(await record()).toMatchObject({ state: "fenced", attempt: expect.any(String) });
  });

  it("leaves no record when every outcome was known and it is refused", async () => {
    const { adjust, record } = await emptyLevel(scene);
    expect(await adjust(-2)).toMatchObject(refusedForStock);
    expect(await record()).toBeUndefined();
  });

  it("succeeds with the same key when there is stock later", async () => {
    const { adjust, receive, level, record } = await emptyLevel(scene);
    scene.script.push("breakBefore");
    expect(await adjust(-2)).toMatchObject(refusedForStock);
    await receive(5);
    expect(await adjust(-2)).toMatchObject({ kind: "done", replayed: false });
    expect(await adjust(-2)).toMatchObject({ kind: "done", replayed: true });
    expect(await level()).toMatchObject({ onHand: 3, version: 2 });
    expect(await record()).toMatchObject({ state: "done" });
  });

  it("replaces the first fence by a second one when it is refused again", async () => {
    const { adjust, receive, record } = await emptyLevel(scene);
    scene.script.push("breakBefore");
    await adjust(-2);
    const first = await record();
    scene.script.push(undefined, "breakBefore");
    expect(await adjust(-2)).toMatchObject(refusedForStock);
    expect((await record())?.attempt).not.toBe(first?.attempt);
    await receive(2);
    expect(await adjust(-2)).toMatchObject({ kind: "done", replayed: false });
  });

  it("cannot commit late after its refusal (the first attempt arrives after new stock)", async () => {
    const { adjust, receive, level } = await emptyLevel(scene);
    scene.script.push("withhold");
    expect(await adjust(-2)).toMatchObject(refusedForStock);
    await receive(5);
    const late = await arriveLate(scene);
    expect(late).toMatchObject({ status: 400, reasons: ["ConditionalCheckFailed", "None"] });
    expect(await level()).toMatchObject({ onHand: 5, version: 1 });
  });

  it("cannot commit late by replacing an older fence, because the new fence is in its place", async () => {
    const { adjust, receive, level } = await emptyLevel(scene);
    scene.script.push("breakBefore");
    await adjust(-2);
    scene.script.push(undefined, "withhold");
    expect(await adjust(-2)).toMatchObject(refusedForStock);
    await receive(5);
    expect(await arriveLate(scene)).toMatchObject({ status: 400, reasons: ["ConditionalCheckFailed", "None"] });
    expect(await level()).toMatchObject({ onHand: 5, version: 1 });
  });

  it("answers done when its fence finds its own record (the first attempt arrives just before the fence)", async () => {
    const { adjust, receive, level } = await emptyLevel(scene);
    scene.script.push("withhold");
    scene.beforeFence = async () => {
      scene.beforeFence = undefined;
      await receive(5);
      expect(await arriveLate(scene)).toMatchObject({ status: 200 });
    };
    expect(await adjust(-2)).toMatchObject({ kind: "done", replayed: false });
    expect(await level()).toMatchObject({ onHand: 3, version: 2 });
    expect(await adjust(-2)).toMatchObject({ kind: "done", replayed: true });
  });
});

describe("a command without a key whose outcome is unknown", () => {
  it.each(["breakAfter", "timeoutAfter"] as const)("has its effect once, by its token (%s)", async (fault) => {
    const { shop, script, location } = scene;
    const sku = await shop.addItem(`item-${crypto.randomUUID()}`);
    const policy = { safety: 0, backorderLimit: 3 };
    script.push(fault);
    const outcome = await shop.stock.putPolicy(shop.context(), { sku, location, policy }, 0);
    expect(outcome).toMatchObject({ kind: "done", value: { sellable: 3, version: 1 } });
  });
});

async function arriveLate({ proxy }: Scene) {
  const call = proxy.withheld.at(-1);
  if (!call) throw new Error("no call was withheld");
  const { status, body } = await proxy.deliver(call);
  const { CancellationReasons = [] } = JSON.parse(body) as { CancellationReasons?: { Code: string }[] };
  return { status, reasons: CancellationReasons.map(({ Code }) => Code) };
}
