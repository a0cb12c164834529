import { expect, it } from "vitest";
import { openShop } from "../../test/support/shop.ts";
import { invalid } from "../inventory/refusal.ts";
import { type Command, runCommand } from "./command-runner.ts";
import { Existence } from "./existence.ts";

it("refuses a command that can choose only after a consistent read (DynamoDB Local has no other reads)", async () => {
  const shop = await openShop();
  const ports = { ...shop.ports, existence: new Existence(shop.ports) };
  const reads: boolean[] = [];
  const command: Command<boolean> = {
    needs: { existence: "known", skus: [], locations: [] },
    chooses: true,
    read: async (_, { consistent }) => {
      reads.push(consistent);
      return consistent;
    },
    decide: (_, consistent) => (consistent ? { kind: "keep" } : invalid([])),
  };
  expect(await runCommand(ports, shop.context(), command)).toMatchObject({ kind: "done", value: undefined });
  expect(reads).toEqual([false, true]);
});
