import { describe, expect, it } from "vitest";
import { Network } from "../network/network.ts";
import { emptyBundle, probe, probeOf, synthesize } from "../synthesized.fixture.ts";
import { LambdaFunction } from "./lambda-function.ts";

describe("LambdaFunction", () => {
  it("makes a function with its own role and its own log", () => {
    expect(synthesize((stack) => void probe(stack)).types()).toEqual([
      "aws_cloudwatch_log_group", // kept for a number of days, not for ever
      "aws_iam_role",
      "aws_iam_role_policy", // what intents granted
      "aws_lambda_function",
    ]);
  });

  it("runs an ESM bundle on Node 24 and arm64", () => {
    const output = synthesize(
      (stack) => void probe(stack, { timeoutSeconds: 7, memoryMb: 256, node: { NODE_OPTIONS: "--x" } }),
    );
    expect(output.one("aws_lambda_function")).toMatchObject({
      function_name: "probe",
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      filename: expect.stringMatching(/^assets\/.+\/function\.zip$/),
      timeout: 7,
      memory_size: 256,
      environment: { variables: { NODE_OPTIONS: "--x", PROBE: "yes" } },
    });
  });

  it("may write its log and its traces, and nothing else (public)", () => {
    const output = synthesize((stack) => void probe(stack));
    expect(output.one("aws_lambda_function")).toMatchObject({ tracing_config: { mode: "Active" } });
    expect(output.one("aws_lambda_function")).not.toHaveProperty("vpc_config");
    expect(output.statements()).toEqual([
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: [expect.stringMatching(/^\$\{aws_cloudwatch_log_group\..+\.arn\}:\*$/)],
      },
      { Effect: "Allow", Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource: ["*"] },
    ]);
  });

  it("runs in the subnets and may attach itself there (private)", () => {
    const output = synthesize((stack) => {
      const network = new Network(stack, "network", {
        name: "shop",
        region: "eu-west-1",
        range: "10.20.0.0/16",
        availabilityZones: ["eu-west-1a", "eu-west-1b"],
        interfaceEndpoints: [],
      });
      probeOf(stack, { placement: { reach: "private", network } });
    });
    expect(output.one("aws_lambda_function").vpc_config).toMatchObject({
      subnet_ids: [expect.stringContaining("aws_subnet"), expect.stringContaining("aws_subnet")],
      security_group_ids: [expect.stringContaining("network_functions")],
    });
    expect(output.statements().at(2)).toMatchObject({ Action: expect.arrayContaining(["ec2:CreateNetworkInterface"]) });
  });

  it("depends on its role's policy and on everything in `after`", () => {
    const output = synthesize((stack) => {
      const first = probe(stack);
      new LambdaFunction(stack, "second", {
        name: "second",
        description: "Comes later",
        bundle: emptyBundle<{ A: string }>(),
        environment: { A: "" },
        placement: { reach: "public" },
        after: [first.fn],
      });
    });
    const second = output.all("aws_lambda_function").find((body) => body.function_name === "second");
    expect(second?.depends_on).toEqual([
      expect.stringContaining("aws_iam_role_policy.second"),
      expect.stringContaining("aws_lambda_function.probe"),
    ]);
  });

  it("refuses a variable without a value, and names function and variable", () => {
    const nothing = undefined as unknown as string;
    const build = () => synthesize((stack) => void probe(stack, { environment: { PROBE: nothing } }));
    expect(build).toThrow("test/probe: no value for PROBE");
  });

  it("is called by a schedule whose role may do nothing else", () => {
    const output = synthesize(
      (stack) => void probe(stack).onSchedule("nightly", { expression: "cron(0 3 * * ? *)", input: { a: 1 } }),
    );
    expect(output.one("aws_scheduler_schedule")).toMatchObject({
      name: "probe-nightly",
      schedule_expression: "cron(0 3 * * ? *)",
      schedule_expression_timezone: "UTC",
      flexible_time_window: { mode: "OFF" },
      target: { input: '{"a":1}', retry_policy: { maximum_retry_attempts: 0 } },
    });
    expect(output.statements("nightly")).toEqual([
      {
        Effect: "Allow",
        Action: ["lambda:InvokeFunction"],
        Resource: [expect.stringContaining("aws_lambda_function.probe")],
      },
    ]);
  });

  it("allows a service to call it only for one source", () => {
    const output = synthesize(
      (stack) => void probe(stack).calledBy("topic", "sns.amazonaws.com", "arn:aws:sns:eu-west-1:1:t"),
    );
    expect(output.one("aws_lambda_permission")).toMatchObject({
      action: "lambda:InvokeFunction",
      principal: "sns.amazonaws.com",
      source_arn: "arn:aws:sns:eu-west-1:1:t",
    });
  });
});
