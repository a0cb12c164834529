import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { ownRedis } from "../../../test/support/cache.ts";
import { levelOf } from "../../../test/support/level.fixture.ts";
import { compareHoldings } from "./compare.ts";
import { readCopies, settledCopies } from "./copies.ts";
import { heldEverywhere } from "./level.fixture.ts";
import { zeros } from "./levels.ts";

async function setup() {
  const { url } = await ownRedis();
  const client = new Redis(url);
  onTestFinished(() => client.disconnect());
  const put = async (version: number, onHand: number) => {
    const level = JSON.stringify(levelOf({ sku: "A", version, onHand }));
    await client.hset("stock:A", { "v:LEEDS": version, "b:LEEDS": level, "u:LEEDS": 0, "u:": 0 });
  };
  return { system: { redis: url }, client, put };
}

const held = heldEverywhere("A at LEEDS", [{ onHand: 5 }, { onHand: 1 }]);

describe("readCopies", () => {
  it("reads each copy with its version, and skips levels that never moved", async () => {
    const { system, client, put } = await setup();
    await put(2, 6);
    const never = JSON.stringify(levelOf({ sku: "B", version: 0 }));
    await client.hset("stock:B", { "v:LEEDS": 0, "b:LEEDS": never });
    await client.set("rate:read:client:x", "1");
    const copies = await readCopies(system);
    expect([...copies]).toEqual([["A at LEEDS", { version: 2, quantities: { ...zeros(), onHand: 6 } }]]);
    expect(compareHoldings({ ...held, copies })).toEqual([]);
  });

  it("finds a copy that differs", async () => {
    const { system, put } = await setup();
    await put(2, 7);
    const copies = await readCopies(system);
    expect(compareHoldings({ ...held, copies }).map(({ what }) => what)).toEqual([
      "onHand is 6 in the table, 7 in the cache",
    ]);
  });
});

describe("settledCopies", () => {
  it("waits for a copy that is behind", async () => {
    const { system, put } = await setup();
    await put(1, 5);
    setTimeout(() => void put(2, 6), 100);
    const copies = await settledCopies(system, held.table, new AbortController().signal);
    expect(copies.get("A at LEEDS")?.version).toBe(2);
  });
});
