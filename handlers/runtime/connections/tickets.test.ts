import { describe, expect, it } from "vitest";
import { holder, nowMs, openConnections } from "./connections.fixture.ts";

const inSeconds = (seconds: number) => new Date(nowMs + seconds * 1_000).toISOString();

describe("createTickets", () => {
  it("returns the holder to exactly one of many concurrent callers", async () => {
    const { tickets } = await openConnections();
    await tickets.keep("secret", holder(), inSeconds(60));
    const taken = await Promise.all(Array.from({ length: 20 }, () => tickets.take("secret")));
    expect(taken.filter((found) => found !== undefined)).toEqual([holder()]);
    expect(await tickets.take("secret")).toBeUndefined();
  });

  it("returns nothing for a ticket that is unknown or has expired", async () => {
    const { tickets } = await openConnections();
    await tickets.keep("late", holder(), inSeconds(0));
    expect(await tickets.take("late")).toBeUndefined();
    expect(await tickets.take("made-up")).toBeUndefined();
  });

  it("does not store the ticket itself", async () => {
    const { tickets, items } = await openConnections();
    await tickets.keep("secret", holder(), inSeconds(60));
    expect(JSON.stringify(await items())).not.toContain("secret");
    expect((await items())[0]).toMatchObject({ ttl: nowMs / 1_000 + 60 });
  });
});
