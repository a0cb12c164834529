import { describe, expect, it } from "vitest";
import { manualTimers } from "../services.fixture.ts";
import { startApi } from "./api-gateway.fixture.ts";

const as = (token: string) => ({ headers: { Authorization: token } });

describe("authorizer", () => {
  it("refuses a missing identity, a bad one, by policy, and when its function fails", async () => {
    const { request } = await startApi();
    expect((await request("/guarded/1")).status).toBe(401);
    expect((await request("/guarded/1", as("bad"))).status).toBe(401);
    expect((await request("/guarded/1", as("elsewhere"))).status).toBe(403);
    const denied = await request("/guarded/1", as("denied"));
    expect([denied.status, await denied.json()]).toEqual([
      403,
      { message: "User is not authorized to access this resource with an explicit deny" },
    ]);
    expect((await request("/guarded/1", as("crash"))).status).toBe(500);
  });

  it("gives its context to the function as texts, and is asked once within its TTL", async () => {
    const clock = manualTimers();
    const { request } = await startApi({ timers: clock.timers });
    const contextFor = async (path: string, token: string) =>
      JSON.parse(await (await request(path, as(token))).text()).requestContext.authorizer;
    expect(await contextFor("/guarded/1", "anna")).toEqual({ principalId: "anna", calls: "1", scope: "read write" });
    expect(await contextFor("/guarded/2", "anna")).toEqual({ principalId: "anna", calls: "1", scope: "read write" });
    expect(await contextFor("/guarded/1", "bert")).toEqual({ principalId: "bert", calls: "2", scope: "read write" });
    clock.advance(299_000);
    expect((await contextFor("/guarded/1", "anna")).calls).toBe("1");
    clock.advance(1_000);
    expect((await contextFor("/guarded/1", "anna")).calls).toBe("3");
  });

  it("has its cached policy evaluated for each method", async () => {
    const { request } = await startApi();
    expect((await request("/guarded/1", as("only-here"))).status).toBe(200);
    expect((await request("/guarded/2", as("only-here"))).status).toBe(403);
  });

  it("is asked every time without an identity source, also for callers without a token", async () => {
    const { request } = await startApi();
    const callCount = async (init?: RequestInit) =>
      JSON.parse(await (await request("/optional", init)).text()).requestContext.authorizer.calls;
    expect([await callCount(), await callCount(), await callCount(as("anna"))]).toEqual(["1", "2", "3"]);
    expect((await request("/optional", as("bad"))).status).toBe(401);
  });
});
