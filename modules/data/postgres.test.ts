import { describe, expect, it } from "vitest";
import { Network } from "../network/network.ts";
import { probeOf, synthesize } from "../synthesized.fixture.ts";
import { Postgres, type PostgresProps } from "./postgres.ts";

type User = "loader" | "reader";
const made = (
  changed: Partial<PostgresProps<User>> = {},
  use?: (database: Postgres<User>, network: Network, stack: Scope) => void,
) =>
  synthesize((stack) => {
    const network = new Network(stack, "network", {
      name: "shop",
      region: "eu-west-1",
      range: "10.20.0.0/16",
      availabilityZones: ["eu-west-1a", "eu-west-1b"],
      interfaceEndpoints: [],
    });
    const database = new Postgres<User>(stack, "database", {
      name: "shop-database",
      network,
      region: "eu-west-1",
      account: "000000000000",
      databaseName: "shop",
      engineVersion: "17.5",
      capacity: { unitsMin: 0.5, unitsMax: 2 },
      users: ["loader", "reader"],
      ...changed,
    });
    use?.(database, network, stack);
  });
type Scope = Parameters<Parameters<typeof synthesize>[0]>[0];
const networkTypes = /^aws_(vpc|subnet|route_table)/;

describe("Postgres", () => {
  it("makes a cluster in private subnets behind a proxy", () => {
    expect(
      made()
        .types()
        .filter((type) => !networkTypes.test(type)),
    ).toEqual([
      "aws_db_proxy",
      "aws_db_proxy_default_target_group", // the number of shared connections
      "aws_db_proxy_target", // the cluster
      "aws_db_subnet_group",
      "aws_iam_role", // of the proxy
      "aws_iam_role_policy", // it may connect as the users it serves
      "aws_rds_cluster",
      "aws_rds_cluster_instance",
      "aws_security_group", // of the functions, made by the network
      "aws_security_group", // cluster
      "aws_security_group", // proxy
    ]);
  });

  it("has no password except the one that RDS makes, and authenticates by IAM before and behind the proxy", () => {
    const output = made();
    expect(output.one("aws_rds_cluster")).toMatchObject({
      manage_master_user_password: true,
      iam_database_authentication_enabled: true,
      storage_encrypted: true,
    });
    expect(output.one("aws_rds_cluster")).not.toHaveProperty("master_password");
    expect(output.one("aws_db_proxy")).toMatchObject({ default_auth_scheme: "IAM_AUTH", require_tls: true });
    expect(output.statements("database_proxy")).toEqual([
      {
        Effect: "Allow",
        Action: ["rds-db:connect"],
        Resource: ["loader", "reader"].map((user) =>
          expect.stringMatching(`^arn:aws:rds-db:eu-west-1:000000000000:dbuser:.*cluster_resource_id}/${user}$`),
        ),
      },
    ]);
  });

  it("is protected, unless a reason makes it disposable", () => {
    expect(made().one("aws_rds_cluster")).toMatchObject({
      deletion_protection: true,
      skip_final_snapshot: false,
      final_snapshot_identifier: "shop-database-last",
      lifecycle: { prevent_destroy: true },
    });
    expect(made({ protection: { disposableBecause: "test data" } }).one("aws_rds_cluster")).toMatchObject({
      deletion_protection: false,
      skip_final_snapshot: true,
      lifecycle: { prevent_destroy: false },
    });
  });

  it("is reachable only at its port, by functions and by the proxy", () => {
    const rules = made().all("aws_vpc_security_group_ingress_rule");
    expect(rules.map((rule) => [rule.from_port, rule.to_port])).toEqual([
      [5432, 5432],
      [5432, 5432],
      [5432, 5432],
    ]);
  });

  it("allows a private function to connect as one user through the proxy", () => {
    const output = made({}, (database, network, stack) =>
      database.allowConnect(probeOf(stack, { placement: { reach: "private", network } }), "reader"),
    );
    expect(output.statements("probe").at(-1)).toEqual({
      Effect: "Allow",
      Action: ["rds-db:connect"],
      Resource: [expect.stringMatching(/dbuser:\$\{element\(split\(':', aws_db_proxy\.[\w-]+\.arn\), 6\)\}\/reader$/)],
    });
  });

  it("refuses a public function, which could not reach it", () => {
    const build = () =>
      made({}, (database, _, stack) => {
        const fn = probeOf(stack, { placement: { reach: "public" } });
        // @ts-expect-error a public function is outside the network
        database.allowConnect(fn, "reader");
      });
    expect(build).not.toThrow();
  });
});
