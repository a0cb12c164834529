import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The blocks of one stack in cdk.tf.json, by type and name. */
export type Resources = Record<string, Record<string, Record<string, unknown>>>;

/** Writes a cdktf.out folder of one stack, as CDKTF does. */
export function writeOutput(folder: string, resource: Resources, output: Record<string, string> = {}): void {
  const stack = join(folder, "stacks", "app");
  mkdirSync(stack, { recursive: true });
  const stacks = { app: { name: "app", synthesizedStackPath: "stacks/app/cdk.tf.json", dependencies: [] } };
  writeFileSync(join(folder, "manifest.json"), JSON.stringify({ stacks }));
  const configuration = {
    provider: { aws: [{ region: "eu-west-1" }] },
    resource,
    output: Object.fromEntries(Object.entries(output).map(([name, value]) => [name, { value }])),
  };
  writeFileSync(join(stack, "cdk.tf.json"), JSON.stringify(configuration));
}

/** A reference in Terraform's syntax. */
export const ref = (path: string) => `\${${path}}`;

const document = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const trust = document({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } });
export const allow = (...actions: string[]) => document({ Effect: "Allow", Action: actions, Resource: "*" });

const everything = ["dynamodb:*", "sqs:*"];
const integration = {
  "x-amazon-apigateway-integration": {
    type: "aws_proxy",
    httpMethod: "POST",
    uri: ref("aws_lambda_function.api.invoke_arn"),
  },
};

/** The OpenAPI body of an API with a route for each path. */
export function bodyOf(...paths: string[]): string {
  const routes = Object.fromEntries(paths.map((path) => [path, { get: integration }]));
  return JSON.stringify({ openapi: "3.0.1", info: { title: "api", version: "1" }, paths: routes });
}

/** A small app: a route, a stream and a queue with their consumers, a bus with a rule, and a function that is invoked once. */
export function smallApp(zip: (name: "api" | "noter") => string): Resources {
  const fn = (name: "api" | "noter", more: object = {}) => ({
    function_name: name,
    role: ref("aws_iam_role.worker.arn"),
    filename: zip(name),
    handler: "index.handler",
    runtime: "nodejs24.x",
    timeout: 20,
    depends_on: ["aws_iam_role_policy.worker"],
    ...more,
  });
  const table = (name: string, more: object = {}) => ({
    name,
    hash_key: "pk",
    attribute: [{ name: "pk", type: "S" }],
    ...more,
  });
  return {
    aws_iam_role: { worker: { name: "worker", assume_role_policy: trust } },
    aws_iam_role_policy: {
      worker: { name: "may", role: ref("aws_iam_role.worker.name"), policy: allow(...everything) },
    },
    aws_dynamodb_table: {
      things: table("things", { stream_enabled: true, stream_view_type: "NEW_AND_OLD_IMAGES" }),
      notes: table("notes"),
    },
    aws_sqs_queue: { jobs: { name: "jobs" }, events: { name: "events" } },
    aws_lambda_function: {
      api: fn("api", { environment: { variables: { GREETING: "hello" } } }),
      noter: fn("noter"),
    },
    aws_lambda_event_source_mapping: {
      things: {
        event_source_arn: ref("aws_dynamodb_table.things.stream_arn"),
        function_name: ref("aws_lambda_function.noter.arn"),
        starting_position: "TRIM_HORIZON",
        batch_size: 10,
      },
      jobs: {
        event_source_arn: ref("aws_sqs_queue.jobs.arn"),
        function_name: ref("aws_lambda_function.noter.arn"),
        batch_size: 1,
      },
    },
    aws_lambda_invocation: {
      setup: {
        function_name: ref("aws_lambda_function.noter.function_name"),
        input: JSON.stringify({ Records: [{ messageId: "setup" }] }),
        triggers: { version: "1" },
        depends_on: ["aws_dynamodb_table.notes"],
      },
    },
    aws_api_gateway_rest_api: { api: { name: "api", body: bodyOf("/hello") } },
    aws_api_gateway_gateway_response: {
      missing: {
        rest_api_id: ref("aws_api_gateway_rest_api.api.id"),
        response_type: "MISSING_AUTHENTICATION_TOKEN",
        status_code: "404",
      },
    },
    aws_api_gateway_deployment: { api: { rest_api_id: ref("aws_api_gateway_rest_api.api.id") } },
    aws_api_gateway_stage: {
      api: {
        rest_api_id: ref("aws_api_gateway_rest_api.api.id"),
        deployment_id: ref("aws_api_gateway_deployment.api.id"),
        stage_name: "v1",
      },
    },
    aws_lambda_permission: {
      api: {
        function_name: ref("aws_lambda_function.api.function_name"),
        action: "lambda:InvokeFunction",
        principal: "apigateway.amazonaws.com",
        source_arn: `${ref("aws_api_gateway_rest_api.api.execution_arn")}/*/*`,
      },
    },
    aws_cloudwatch_event_bus: { bus: { name: "bus" } },
    aws_cloudwatch_event_rule: {
      sold: {
        name: "sold",
        event_bus_name: ref("aws_cloudwatch_event_bus.bus.name"),
        event_pattern: JSON.stringify({ "detail-type": ["Sold"] }),
      },
    },
    aws_cloudwatch_event_target: {
      sold: {
        rule: ref("aws_cloudwatch_event_rule.sold.name"),
        event_bus_name: ref("aws_cloudwatch_event_bus.bus.name"),
        target_id: "events",
        arn: ref("aws_sqs_queue.events.arn"),
      },
    },
    aws_sqs_queue_policy: {
      events: {
        queue_url: ref("aws_sqs_queue.events.id"),
        policy: document({
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: ref("aws_sqs_queue.events.arn"),
        }),
      },
    },
  };
}
