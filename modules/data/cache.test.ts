import { describe, expect, it } from "vitest";
import { Network } from "../network/network.ts";
import { probeOf, synthesize } from "../synthesized.fixture.ts";
import { Cache, type CacheProps } from "./cache.ts";

type Scope = Parameters<Parameters<typeof synthesize>[0]>[0];
const made = (changed: Partial<CacheProps> = {}, use?: (cache: Cache, network: Network, stack: Scope) => void) =>
  synthesize((stack) => {
    const network = new Network(stack, "network", {
      name: "shop",
      region: "eu-west-1",
      range: "10.20.0.0/16",
      availabilityZones: ["eu-west-1a", "eu-west-1b"],
      interfaceEndpoints: [],
    });
    const cache = new Cache(stack, "cache", {
      name: "shop-cache",
      network,
      nodeType: "cache.t4g.micro",
      ...changed,
    });
    use?.(cache, network, stack);
  });
const rulesOf = (output: ReturnType<typeof made>) =>
  output.all("aws_vpc_security_group_ingress_rule").map((rule) => [rule.from_port, rule.to_port]);

describe("Cache", () => {
  it("makes a replication group in private subnets, encrypted at rest and in transit", () => {
    const output = made();
    expect(output.types().filter((type) => !/^aws_(vpc|subnet|route_table)/.test(type))).toEqual([
      "aws_elasticache_replication_group",
      "aws_elasticache_subnet_group",
      "aws_security_group", // of the functions, made by the network
      "aws_security_group", // of the cache
    ]);
    expect(output.one("aws_elasticache_replication_group")).toMatchObject({
      at_rest_encryption_enabled: "true",
      transit_encryption_enabled: true,
      transit_encryption_mode: "required",
      engine: "valkey",
    });
  });

  it("fails over to another zone (two nodes)", () => {
    const group = (nodeCount: number) => made({ nodeCount }).one("aws_elasticache_replication_group");
    expect(group(1)).toMatchObject({ automatic_failover_enabled: false, multi_az_enabled: false });
    expect(group(2)).toMatchObject({ automatic_failover_enabled: true, multi_az_enabled: true, num_cache_clusters: 2 });
  });

  it.each([0, 7, 1.5])("refuses a node count outside 1 to 6 (%d)", (nodeCount) => {
    expect(() => made({ nodeCount })).toThrow(`nodeCount is ${nodeCount}`);
  });

  it("is closed until a function is allowed to connect, then open only at its port", () => {
    expect(rulesOf(made())).toEqual([]);
    const output = made({}, (cache, network, stack) => {
      const fn = probeOf(stack, { placement: { reach: "private", network } });
      cache.allowConnect(fn);
      cache.allowConnect(fn);
    });
    expect(rulesOf(output)).toEqual([[6379, 6379]]);
  });

  it("refuses a public function, which could not reach it", () => {
    const build = () =>
      made({}, (cache, _, stack) => {
        const fn = probeOf(stack, { placement: { reach: "public" } });
        // @ts-expect-error a public function is outside the network
        cache.allowConnect(fn);
      });
    expect(build).not.toThrow();
  });
});
