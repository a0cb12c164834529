import { expect, it } from "vitest";
import { applyInstance, enginesOf } from "./index.ts";
import { instanceOf, laptopWith } from "./laptop.fixture.ts";

const group = { replication_group_id: "copies", description: "Copies", engine: "valkey" };
const apply = (values: object, laptop = laptopWith({ redis: { host: "127.0.0.1", port: 7000 } })) =>
  applyInstance(instanceOf("aws_elasticache_replication_group", { ...group, ...values }), laptop);

it("a replication group needs Redis and has its address", async () => {
  expect(enginesOf(["aws_elasticache_replication_group"])).toEqual(new Set(["redis"]));
  expect(await apply({})).toMatchObject({ primary_endpoint_address: "127.0.0.1", port: 7000, id: "copies" });
});

it.each([{ engine: "memcached" }, { cluster_mode: "enabled" }])(
  "a replication group runs as %j nowhere",
  async (values) => {
    await expect(apply(values)).rejects.toMatchObject({ code: "argument_invalid" });
  },
);
