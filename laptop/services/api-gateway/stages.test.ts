import { describe, expect, it } from "vitest";
import { manualTimers } from "../services.fixture.ts";
import { startApi } from "./api-gateway.fixture.ts";

describe("throttling", () => {
  it("answers 429 after the burst, and admits requests again at the rate", async () => {
    const clock = manualTimers();
    const { gateway, id, request } = await startApi({ timers: clock.timers });
    gateway.putMethodSettings({
      restApiId: id,
      stageName: "v1",
      methodPath: "*/*",
      throttlingRateLimit: 10,
      throttlingBurstLimit: 2,
    });
    const statuses = async (count: number) => {
      const found: number[] = [];
      for (let index = 0; index < count; index += 1) found.push((await request("/things/1")).status);
      return found;
    };
    expect(await statuses(3)).toEqual([200, 200, 429]);
    clock.advance(100);
    expect(await statuses(2)).toEqual([200, 429]);
  });

  it("prefers the settings of one method", async () => {
    const { gateway, id, request } = await startApi({ timers: manualTimers().timers });
    gateway.putMethodSettings({
      restApiId: id,
      stageName: "v1",
      methodPath: "*/*",
      throttlingRateLimit: 0,
      throttlingBurstLimit: 0,
    });
    gateway.putMethodSettings({
      restApiId: id,
      stageName: "v1",
      methodPath: "things~1{id}/GET",
      throttlingRateLimit: -1,
    });
    expect((await request("/things/1")).status).toBe(200);
    expect((await request("/things/special")).status).toBe(429);
  });
});
