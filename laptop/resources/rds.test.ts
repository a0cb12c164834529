import { Client } from "pg";
import { describe, expect, it } from "vitest";
import type { SecretsService } from "../services/index.ts";
import { postgresUrl, uniqueName } from "../testing/index.ts";
import { applyInstance } from "./index.ts";
import { instanceOf, laptopWith } from "./laptop.fixture.ts";

describe("aws_rds_cluster", () => {
  it("is a database on the one server, with RDS's roles and a master secret that stays the same", async () => {
    const server = new URL(await postgresUrl());
    const database_name = uniqueName("cluster").replaceAll("-", "_");
    const secrets: string[] = [];
    const laptop = laptopWith({
      postgres: async () => ({ host: server.hostname, port: Number(server.port) }),
      services: {
        secrets: {
          createSecret: ({ name }) => ({ name, arn: `arn:${name}` }),
          putSecretValue: ({ secretId, secretString }) => {
            secrets.push(secretString);
            return { arn: secretId, versionId: "1" };
          },
        } as SecretsService,
      },
    });
    const cluster = instanceOf("aws_rds_cluster", {
      cluster_identifier: "db",
      engine: "aurora-postgresql",
      database_name,
      master_username: server.username,
      manage_master_user_password: true,
    });
    const first = await applyInstance(cluster, laptop);
    expect(first).toMatchObject({
      arn: "arn:aws:rds:eu-west-1:000000000000:cluster:db",
      endpoint: "127.0.0.1",
      port: Number(server.port),
      cluster_resource_id: expect.stringMatching(/^cluster-[0-9A-F]{26}$/),
      master_user_secret: [{ secret_arn: expect.stringMatching(/^arn:rds!cluster-/) }],
    });
    expect(await applyInstance(cluster, laptop)).toEqual(first);
    expect(new Set(secrets).size).toBe(1);
    expect(JSON.parse(secrets[0] ?? "")).toEqual({
      username: server.username,
      password: expect.stringMatching(/.{32}/),
    });

    const client = new Client({
      connectionString: Object.assign(new URL(server), { pathname: `/${database_name}` }).href,
    });
    await client.connect();
    const { rows } = await client.query(
      "SELECT rolname FROM pg_roles WHERE rolname IN ('rds_iam', 'rds_superuser') ORDER BY 1",
    );
    await client.end();
    expect(rows.map(({ rolname }) => rolname)).toEqual(["rds_iam", "rds_superuser"]);
  });

  it("must be PostgreSQL", async () => {
    const cluster = instanceOf("aws_rds_cluster", { engine: "aurora-mysql", master_username: "root" });
    await expect(applyInstance(cluster, laptopWith({}))).rejects.toThrow(/aurora-mysql does not run.*PostgreSQL does/);
  });

  it("gives its instances its address", async () => {
    const laptop = laptopWith({});
    laptop.registry.databases.set("db", { host: "127.0.0.1", port: 1 });
    const instance = { cluster_identifier: "db", engine: "aurora-postgresql", identifier: "db-0" };
    expect(await applyInstance(instanceOf("aws_rds_cluster_instance", instance), laptop)).toMatchObject({ port: 1 });
    const orphan = instanceOf("aws_rds_cluster_instance", { ...instance, cluster_identifier: "none" });
    await expect(applyInstance(orphan, laptop)).rejects.toThrow("there is no cluster none");
  });
});

describe("a parameter group", () => {
  it("accepts parameters that a local machine cannot have, and refuses other parameters", async () => {
    const group = (name: string) =>
      instanceOf("aws_rds_cluster_parameter_group", {
        family: "aurora-postgresql17",
        parameter: [{ name, value: "1" }],
      });
    await expect(applyInstance(group("rds.force_ssl"), laptopWith({}))).resolves.toHaveProperty("arn");
    await expect(applyInstance(group("work_mem"), laptopWith({}))).rejects.toThrow(/work_mem.*remoteParameters/);
  });
});
