import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { platformStartMsMax, type RunningPlatform, startPlatform } from "../support/running-platform.ts";

let platform: RunningPlatform;

beforeAll(async () => {
  platform = await startPlatform(withoutUpdateOfTables);
}, platformStartMsMax);

afterAll(() => platform?.stop(), platformStartMsMax);

/** Removes `dynamodb:UpdateItem` from the stock function's policy, as if its grant had been forgotten. */
function withoutUpdateOfTables(output: string): void {
  const file = join(output, "stacks", "laptop-service", "cdk.tf.json");
  const stack = JSON.parse(readFileSync(file, "utf8"));
  const policies: [string, { policy: string }][] = Object.entries(stack.resource.aws_iam_role_policy);
  const policy = policies.find(([id]) => id.startsWith("stock_"))?.[1];
  if (!policy?.policy.includes("dynamodb:UpdateItem")) throw new Error("the stock function has no such grant");
  policy.policy = policy.policy.replaceAll("dynamodb:UpdateItem", "dynamodb:DescribeTable");
  writeFileSync(file, JSON.stringify(stack));
}

describe("a grant that is missing in Terraform", () => {
  it("fails the command as on AWS, and the log names the missing grant", async () => {
    const token = await platform.token({ scopes: "admin" });
    await platform.call("PUT", "/items/A", { token, body: { name: "A" } });
    await platform.call("PUT", "/locations/L", { token, body: { name: "L", kind: "store" } });
    const refused = await platform.call("POST", "/movements", {
      token,
      body: { kind: "receive", lines: [{ sku: "A", location: "L", quantity: 1 }] },
    });
    expect(refused).toMatchObject({ status: 503, body: { code: "unavailable" } });
    const log = (name: string) => readFileSync(join(platform.folder, "state", "services", "logs", name), "utf8");
    await vi.waitFor(() => {
      expect(log("access.log")).toMatch(
        /stock is not authorized to perform: dynamodb:UpdateItem on resource: arn:aws:dynamodb:\S+ because no identity-based policy allows/,
      );
      expect(log("access.log")).toMatch(
        /the function holdfast-laptop-stock lacks grantWrite of holdfast-laptop-inventory/,
      );
      expect(log("lambda-holdfast-laptop-stock.log")).toContain("AccessDeniedException");
    });
  });
});
