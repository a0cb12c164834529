import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { TerraformError } from "../terraform/index.ts";
import { ignoredArguments } from "./ignored-arguments.ts";
import { applyInstance, data, notRun, refuseUnknownTypes, resources } from "./index.ts";
import { instanceOf, laptopWith } from "./laptop.fixture.ts";
import type { ResourceHandler } from "./resource.ts";

const bindings = dirname(createRequire(import.meta.url).resolve("@cdktf/provider-aws/package.json"));

/** https://developer.hashicorp.com/terraform/language/resources/terraform-data */
const builtIn: Readonly<Record<string, readonly string[]>> = { terraform_data: ["input", "triggers_replace"] };

/** The arguments of a type in its generated interface, in Terraform's spelling. */
function argumentsOfProvider(type: string, mode: "resource" | "data"): Set<string> | undefined {
  if (builtIn[type]) return new Set(builtIn[type]);
  const kebab = type.replace(/^aws_/, "").replaceAll("_", "-");
  const file = join(bindings, "lib", mode === "data" ? `data-aws-${kebab}` : kebab, "index.d.ts");
  if (!existsSync(file)) return undefined;
  const config = /export interface \w+ConfigA? extends cdktf\.TerraformMetaArguments \{([\s\S]*?)\n\}/.exec(
    readFileSync(file, "utf8"),
  );
  const names = [...(config?.[1] ?? "").matchAll(/^ {4}readonly (\w+)\??:/gm)].map(([, name = ""]) => name);
  return new Set(names.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)));
}

const handlers: readonly (readonly [string, "resource" | "data", ResourceHandler])[] = [
  ...Object.entries(resources).map(([type, handler]) => [type, "resource", handler] as const),
  ...Object.entries(data).map(([type, handler]) => [type, "data", handler] as const),
];

describe("notRun", () => {
  it("contains network, keys, proxy, alarms, dashboards, log groups, certificates and DNS, and nothing else", () => {
    const kinds = Object.groupBy(Object.keys(notRun), (type) => notRun[type]?.reason.split(":")[0] ?? "");
    expect(kinds).toEqual({
      network: [
        "aws_vpc",
        "aws_subnet",
        "aws_route_table",
        "aws_route_table_association",
        "aws_vpc_endpoint",
        "aws_security_group",
        "aws_default_security_group",
        "aws_vpc_security_group_ingress_rule",
        "aws_vpc_security_group_egress_rule",
        "aws_db_subnet_group",
        "aws_elasticache_subnet_group",
      ],
      keys: ["aws_kms_key", "aws_kms_alias"],
      proxy: ["aws_db_proxy", "aws_db_proxy_default_target_group", "aws_db_proxy_target"],
      alarms: ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"],
      dashboards: ["aws_cloudwatch_dashboard"],
      "log groups": ["aws_cloudwatch_log_group"],
      certificates: ["aws_acm_certificate", "aws_acm_certificate_validation"],
      DNS: ["aws_route53_zone", "aws_route53_record"],
    });
  });

  it("gives a reason for each type", () => {
    for (const { reason } of Object.values(notRun)) expect(reason).toMatch(/^[\w ]+: .{15,}/);
  });

  it("has no type that runs", () => {
    expect(Object.keys(notRun).filter((type) => type in resources)).toEqual([]);
  });

  it("gives a proxy the address of the database server", async () => {
    const proxy = await applyInstance(instanceOf("aws_db_proxy", { name: "p" }), laptopWith({}));
    expect(proxy).toMatchObject({ endpoint: "127.0.0.1", name: "p", arn: expect.stringContaining("db-proxy:p") });
  });
});

describe("handlers", () => {
  it.each(handlers)("know only arguments that %s has (%s)", (type, mode, { schema }) => {
    const real = argumentsOfProvider(type, mode);
    expect(real, `${type} is not in the provider`).toBeDefined();
    expect(Object.keys(schema.shape).filter((name) => !real?.has(name) && name !== "timeouts")).toEqual([]);
  });

  it.each(handlers)("give a reason for each ignored argument of %s (%s)", (_type, _mode, { schema }) => {
    for (const [path, reason] of ignoredArguments(schema)) {
      expect(reason, path).toBeTypeOf("string");
      expect(String(reason).length, path).toBeGreaterThan(7);
    }
  });

  it("fail on an unknown argument, with the construct's path and what to do", async () => {
    const instance = instanceOf("aws_sqs_queue", { name: "q", delay_secnds: 5 });
    await expect(applyInstance(instance, laptopWith({}))).rejects.toMatchObject({
      code: "argument_invalid",
      path: "app/aws_sqs_queue",
      message: expect.stringMatching(/delay_secnds: unknown argument.*laptop\/resources.*reason/),
    });
  });

  it("fail on an unknown argument inside a block", async () => {
    const instance = instanceOf("aws_dynamodb_table", {
      name: "t",
      hash_key: "pk",
      attribute: [],
      ttl: { atribute_name: "x" },
    });
    await expect(applyInstance(instance, laptopWith({}))).rejects.toThrow("ttl.atribute_name: unknown argument");
  });

  it("fail on a value that cannot run, with the reason", async () => {
    const instance = instanceOf("aws_kinesis_firehose_delivery_stream", { name: "f", destination: "redshift" });
    await expect(applyInstance(instance, laptopWith({}))).rejects.toThrow(/only extended_s3 can run here/);
  });

  it("refuse another region than the laptop's", async () => {
    const instance = { ...instanceOf("aws_iam_policy", {}), region: "us-east-1" };
    await expect(applyInstance(instance, laptopWith({}))).rejects.toMatchObject({ code: "construct_unsupported" });
  });

  it("refuse a function whose role is missing", async () => {
    const arguments_ = { function_name: "f", role: "arn:aws:iam::000000000000:role/none", filename: "f.zip" };
    const instance = instanceOf("aws_lambda_function", {
      ...arguments_,
      handler: "index.handler",
      runtime: "nodejs24.x",
    });
    await expect(applyInstance(instance, laptopWith({}))).rejects.toThrow(
      "there is no role arn:aws:iam::000000000000:role/none",
    );
  });

  it("render a policy document as the provider does", async () => {
    const instance = instanceOf("aws_iam_policy_document", {
      statement: [
        {
          actions: ["sqs:SendMessage", "sqs:GetQueueUrl"],
          resources: ["arn:aws:sqs:*:*:q"],
          principals: [{ type: "Service", identifiers: ["events.amazonaws.com"] }],
          condition: [{ test: "StringEquals", variable: "aws:SourceAccount", values: ["1"] }],
        },
      ],
    });
    const { json } = await applyInstance({ ...instance, mode: "data" }, laptopWith({}));
    expect(JSON.parse(String(json))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["sqs:SendMessage", "sqs:GetQueueUrl"],
          Resource: "arn:aws:sqs:*:*:q",
          Principal: { Service: "events.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": "1" } },
        },
      ],
    });
  });
});

describe("refuseUnknownTypes", () => {
  it("names every construct that can neither run nor be left out", () => {
    const blocks = [
      { mode: "resource", type: "aws_sqs_queue", path: "app/queue" },
      { mode: "resource", type: "aws_vpc", path: "app/vpc" },
      { mode: "resource", type: "aws_glue_job", path: "app/reports/job" },
      { mode: "data", type: "aws_ami", path: "app/image" },
      { mode: "data", type: "terraform_remote_state", path: "app/other" },
    ] as const;
    expect(() => refuseUnknownTypes(blocks)).toThrow(TerraformError);
    expect(() => refuseUnknownTypes(blocks)).toThrow(
      /^app\/reports\/job: .*app\/reports\/job \(aws_glue_job\), app\/image \(data aws_ami\).*laptop\/resources/,
    );
    expect(() => refuseUnknownTypes(blocks.slice(0, 2))).not.toThrow();
  });
});
