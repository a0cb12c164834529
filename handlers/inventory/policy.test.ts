import { describe, expect, it } from "vitest";
import { Policy } from "../../contract/level.ts";
import { levelRecord, location, planContext, sku } from "../../test/support/inventory-data.ts";
import { planPolicy } from "./policy.ts";

const place = { sku: sku("widget"), location: location("main") };
const plan = (policy: object, level = levelRecord({ version: 3 }), expectedVersion?: number) =>
  planPolicy(planContext(), { place, policy: Policy.parse(policy), expectedVersion }, level);

describe("planPolicy", () => {
  it("changes nothing when the policy is the same, and creates no level for the default policy", () => {
    const lowStock = { threshold: 1, clear: 5 };
    expect(plan({ safety: 2, lowStock }, levelRecord({ safety: 2, lowStock }))).toEqual({ kind: "keep" });
    expect(planPolicy(planContext(), { place, policy: Policy.parse({}), expectedVersion: 0 }, undefined)).toEqual({
      kind: "keep",
    });
  });

  it("guards sellable when the policy lowers it, and compares the version that was read", () => {
    expect(plan({ safety: 4 })).toMatchObject({
      plan: {
        writes: [
          {
            write: {
              Update: {
                ConditionExpression:
                  "#version = :versionExpected AND #sellable >= :sellableMin AND " +
                  "(attribute_not_exists(#pk) OR #safety <= :safetyMax)",
                ExpressionAttributeValues: { ":sellableMin": 4, ":safety": 4, ":sellable": -4, ":versionExpected": 3 },
              },
            },
          },
        ],
      },
    });
  });

  it("sets the thresholds, and removes them when they are absent", () => {
    const lowStock = { threshold: 1, clear: 5 };
    const update = (text: string) => ({ Update: { UpdateExpression: expect.stringContaining(text) } });
    expect(plan({ lowStock })).toMatchObject({ plan: { writes: [{ write: update(", #lowStock = :lowStock") }] } });
    expect(plan({}, levelRecord({ lowStock }))).toMatchObject({
      plan: { writes: [{ write: update(" REMOVE #lowStock") }] },
    });
  });

  it("refuses with version_mismatch even when the policy is the same", () => {
    expect(plan({}, levelRecord({ version: 3 }), 2)).toMatchObject({ refusal: { code: "version_mismatch" } });
    expect(plan({}, levelRecord({ version: 3 }), 3)).toEqual({ kind: "keep" });
  });
});
