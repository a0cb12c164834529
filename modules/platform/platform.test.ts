import { App } from "cdktf";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { environments } from "../../config/environments.ts";
import { emptyBundles, Synthesized, temporaryFolder } from "../synthesized.fixture.ts";
import { Foundation } from "./foundation.ts";
import { type FunctionName, functionNames } from "./functions.ts";
import { Service } from "./service.ts";

const handlers = new URL("../../handlers/", import.meta.url);

/** Returns the schema with which a function's code parses its variables. */
async function schemaOf(name: FunctionName): Promise<z.ZodObject> {
  return (await import(new URL(`${name}/environment.ts`, handlers).href)).Environment;
}

type Environment = (typeof environments)[number];

/** Synthesizes the stacks of an environment. Done once, because the tests do not change them. */
const stacksOf = (environment: Environment) =>
  configurations[environments.indexOf(environment)] ?? synthesized(environment);
const configurations = environments.map(synthesized);

function synthesized(environment: Environment) {
  const app = new App({ outdir: temporaryFolder() });
  const bundles = emptyBundles();
  const foundation = new Foundation(app, `${environment.name}-foundation`, environment);
  const service = new Service(app, `${environment.name}-service`, { environment, foundation, bundles, console: [] });
  // Synthesized twice: a reference between stacks adds an output to the stack that it refers to.
  service.prepareStack();
  foundation.prepareStack();
  return { foundation: configuration(foundation), service: configuration(service) };
}

function configuration(stack: Foundation | Service) {
  return JSON.parse(JSON.stringify(stack.toTerraform()));
}

function environmentNamed(name: string): Environment {
  const [found] = environments.filter((environment) => environment.name === name);
  if (!found) throw new Error(`no environment ${name}`);
  return found;
}

describe.each(environments)("the stacks of $name", (environment) => {
  it("refer to each other in one direction: the service refers to the foundation", () => {
    const { foundation, service } = stacksOf(environment);
    expect(Object.keys(service.data.terraform_remote_state)).toEqual([
      `cross-stack-reference-input-${environment.name}-foundation`,
    ]);
    expect(foundation.data).not.toHaveProperty("terraform_remote_state");
  });

  it("name their backend, and contain no absolute path", () => {
    const { foundation, service } = stacksOf(environment);
    expect(Object.keys(service.terraform.backend)).toEqual([environment.backend.kind]);
    expect(JSON.stringify([foundation, service])).not.toContain(process.cwd());
  });

  it.each(functionNames)("give %s every variable that its code declares, and no others", async (name) => {
    const functions = new Synthesized(stacksOf(environment).service).all("aws_lambda_function");
    const body = functions.find((found) => found.function_name === `holdfast-${environment.name}-${name}`);
    expect(body).toBeDefined();
    const { variables: given } = (body as { environment: object }).environment as { variables: Record<string, string> };
    const { NODE_EXTRA_CA_CERTS: _, ...variables } = given;
    const { shape } = await schemaOf(name);
    expect(Object.keys(variables).sort()).toEqual(Object.keys(shape).sort());
    for (const [variable, value] of Object.entries(variables)) {
      const known = !value.includes("${");
      if (known)
        expect((shape[variable] as z.ZodType).safeParse(value), `${variable}=${value}`).toMatchObject({
          success: true,
        });
    }
  });

  it("have names that start with holdfast-<environment>- wherever the name is free to choose", () => {
    const { foundation, service } = stacksOf(environment);
    const named = [foundation, service].flatMap((stack) =>
      ["aws_dynamodb_table", "aws_kinesis_stream", "aws_sqs_queue", "aws_iam_role", "aws_scheduler_schedule"].flatMap(
        (type) => new Synthesized(stack).all(type).map((body) => String(body.name)),
      ),
    );
    expect(named.filter((name) => !name.startsWith(`holdfast-${environment.name}-`))).toEqual([]);
  });
});

describe("Foundation", () => {
  const laptop = environmentNamed("laptop");

  it("contains everything with state", () => {
    const types = new Synthesized(stacksOf(laptop).foundation).types();
    expect([...new Set(types)]).toEqual([
      "aws_db_proxy", // shares connections to the database
      "aws_db_proxy_default_target_group",
      "aws_db_proxy_target",
      "aws_db_subnet_group",
      "aws_dynamodb_kinesis_streaming_destination", // inventory -> changes
      "aws_dynamodb_table", // inventory, requests and those of live and events
      "aws_elasticache_replication_group", // the cache
      "aws_elasticache_subnet_group",
      "aws_iam_role", // of archive and proxy
      "aws_iam_role_policy",
      "aws_kinesis_firehose_delivery_stream", // changes -> archive
      "aws_kinesis_stream", // changes
      "aws_kms_alias",
      "aws_kms_key", // of the webhooks' secrets
      "aws_rds_cluster",
      "aws_rds_cluster_instance",
      "aws_route_table",
      "aws_route_table_association",
      "aws_s3_bucket", // archive, quarantine
      "aws_s3_bucket_lifecycle_configuration",
      "aws_s3_bucket_public_access_block",
      "aws_security_group",
      "aws_subnet",
      "aws_vpc",
      "aws_vpc_endpoint",
      "aws_vpc_security_group_egress_rule",
      "aws_vpc_security_group_ingress_rule",
    ]);
  });

  it("protects every resource with state from destroy in production", () => {
    const production = environmentNamed("prod");
    const output = new Synthesized(stacksOf(production).foundation);
    for (const type of ["aws_dynamodb_table", "aws_rds_cluster", "aws_s3_bucket", "aws_kms_key"]) {
      expect(output.all(type).length, type).toBeGreaterThan(0);
      for (const body of output.all(type)) expect(body.lifecycle, type).toMatchObject({ prevent_destroy: true });
    }
  });

  it("gives the inventory table the indexes of the design, which contain only keys", () => {
    const tables = new Synthesized(stacksOf(laptop).foundation).all("aws_dynamodb_table");
    const inventory = tables.find((body) => body.name === "holdfast-laptop-inventory");
    expect(inventory?.global_secondary_index).toEqual(
      [
        ["byLocation", "location", "sku"],
        ["byOwner", "owner", "ownerOrder"],
        ["byDeadline", "deadlineShard", "deadlineOrder"],
        ["byType", "listShard", "listOrder"],
      ].map(([name, hash_key, range_key]) => ({ name, hash_key, range_key, projection_type: "KEYS_ONLY" })),
    );
    const requests = tables.find((body) => body.name === "holdfast-laptop-requests");
    expect(requests).toMatchObject({ hash_key: "pk", stream_enabled: false, ttl: { attribute_name: "ttl" } });
  });
});

describe("Service", () => {
  const { service } = stacksOf(environmentNamed("laptop"));

  it("contains everything that can be destroyed and made again", () => {
    expect([...new Set(new Synthesized(service).types())]).toEqual([
      "aws_api_gateway_deployment",
      "aws_api_gateway_method_settings",
      "aws_api_gateway_rest_api",
      "aws_api_gateway_stage",
      "aws_apigatewayv2_api", // live
      "aws_apigatewayv2_authorizer",
      "aws_apigatewayv2_deployment",
      "aws_apigatewayv2_integration",
      "aws_apigatewayv2_route",
      "aws_apigatewayv2_stage",
      "aws_cloudfront_cache_policy", // the edge
      "aws_cloudfront_distribution",
      "aws_cloudfront_origin_access_control",
      "aws_cloudfront_origin_request_policy",
      "aws_cloudfront_response_headers_policy",
      "aws_cloudwatch_dashboard",
      "aws_cloudwatch_event_archive", // the bus and its rules
      "aws_cloudwatch_event_bus",
      "aws_cloudwatch_event_rule",
      "aws_cloudwatch_event_target",
      "aws_cloudwatch_log_group", // one a function
      "aws_cloudwatch_metric_alarm", // each says what it means and what to do
      "aws_iam_role", // one a function, one a schedule
      "aws_iam_role_policy",
      "aws_kinesis_stream_consumer", // of the broadcaster
      "aws_lambda_event_source_mapping", // changes -> etl and broadcaster, expiry queue -> expiry
      "aws_lambda_function",
      "aws_lambda_invocation", // the migration
      "aws_lambda_permission", // the API calls
      "aws_s3_bucket", // the console
      "aws_s3_bucket_lifecycle_configuration",
      "aws_s3_bucket_policy",
      "aws_s3_bucket_public_access_block",
      "aws_s3_object", // config.json; no file of the console is given here
      "aws_scheduler_schedule", // the sweep, the partitions
      "aws_sesv2_email_identity", // the sender of mails
      "aws_sqs_queue", // expiry and those of the bus, with dead letters
      "aws_sqs_queue_policy", // rules of the bus send
      "aws_wafv2_web_acl", // in front of the edge, and between the edge and the API
      "aws_wafv2_web_acl_association",
      "terraform_data", // the secret with which the API recognizes the edge
    ]);
  });

  it("outputs its addresses and the names of its resources", () => {
    expect(Object.keys(service.output).sort()).toEqual([
      "archive_bucket",
      "changes_stream",
      "edge_domain",
      "endpoints",
      "event_bus",
      "expiry_queue_url",
      "inventory_table",
      "quarantine_bucket",
      "requests_table",
    ]);
    expect(Object.keys(service.output.endpoints.value).sort()).toEqual(["api", "console", "postgres", "websocket"]);
  });

  it.each([
    ["laptop", "http", "ws"],
    ["prod", "https", "wss"],
  ])("is reached through the edge alone (%s)", (name, http, ws) => {
    const { service: stack } = stacksOf(environmentNamed(name));
    const domain = expect.stringMatching(/^[a-z]+:..\$\{aws_cloudfront_distribution\.\w+\.domain_name\}/);
    const { api, websocket, console } = stack.output.endpoints.value;
    for (const address of [api, websocket, console]) expect(address).toEqual(domain);
    expect([api, websocket, console].map((address) => address.replace(/\$\{.*\}/, "edge"))).toEqual([
      `${http}://edge/v1`,
      `${ws}://edge/live`,
      `${http}://edge`,
    ]);
  });

  it("caches responses of the catalogue at the edge, and nothing else", () => {
    const { ordered_cache_behavior: behaviors } = new Synthesized(service).one("aws_cloudfront_distribution");
    const kept = (behaviors as { path_pattern: string; cache_policy_id: string }[]).map((behavior) => [
      behavior.path_pattern,
      /keep-answers|keep-nothing/.exec(behavior.cache_policy_id)?.[0],
    ]);
    expect(kept).toEqual([
      ["/v1/items*", "keep-answers"],
      ["/v1/locations*", "keep-answers"],
      ["/v1/*", "keep-nothing"],
      ["/live*", "keep-nothing"],
    ]);
  });

  it("gives the edge's secret to the edge, its guard and the live authorizer", () => {
    const told = Object.entries<Record<string, object>>(service.resource).flatMap(([type, bodies]) =>
      Object.entries(bodies)
        .filter(([, body]) => JSON.stringify(body).includes("terraform_data.guard_secret"))
        .map(([id]) => (type === "aws_lambda_function" ? id.replace(/_function_.*/, "") : type)),
    );
    expect(told.sort()).toEqual(["aws_cloudfront_distribution", "aws_wafv2_web_acl", "live-authorizer"]);
  });

  it("gives the console its URLs and how users sign in", () => {
    const { content } = new Synthesized(service).one("aws_s3_object");
    expect(JSON.parse(String(content))).toEqual({
      api: "/v1",
      websocket: service.output.endpoints.value.websocket,
      issuer: expect.stringContaining("var.oidc_issuer"),
      clientId: "console",
      scope: "openid admin",
    });
  });

  it("reads its issuer from a variable at apply time (laptop)", () => {
    expect(service.variable).toMatchObject({ oidc_issuer: { type: "string" } });
  });

  it("migrates the database before it deploys the code that uses it", () => {
    const functions = new Synthesized(service).all("aws_lambda_function");
    for (const name of ["etl", "reports", "operations", "catalogue", "search-indexer"]) {
      const body = functions.find((found) => found.function_name === `holdfast-laptop-${name}`);
      expect(body?.depends_on).toContain("aws_lambda_invocation.migration");
    }
  });

  it.each([
    ["catalogue", ["BatchGetItem", "GetItem", "PutItem", "Query"]],
    ["stock", ["BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem"]],
    ["reservations", ["BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem"]],
    ["expiry_role", ["GetItem", "PutItem", "UpdateItem"]],
    ["expiry-sweep_role", ["GetItem", "PutItem", "Query", "UpdateItem"]],
    ["etl", []],
    ["cache-refresher", []],
    ["publisher", ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"]],
    ["reports", []],
    ["operations", []],
    ["migrator_role", []],
    ["search-indexer", []],
    ["low-stock", ["GetItem", "PutItem"]],
    ["webhooks_role", ["DeleteItem", "GetItem", "PutItem", "Query"]],
    ["webhook-delivery", ["DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"]],
    ["mail_role", ["DeleteItem", "GetItem", "PutItem", "UpdateItem"]],
    ["live-tickets", ["PutItem"]],
    ["live-authorizer", ["DeleteItem"]],
    ["live-session", ["DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"]],
    ["live-broadcaster", ["BatchGetItem", "DeleteItem", "Query"]],
    ["_authorizer_role", []],
  ])("lets %s do to tables what its code does, and no more", (role, operations) => {
    const actions = new Synthesized(service).statements(role).flatMap(({ Action }) => Action);
    const onTables = actions
      .filter((action) => action.startsWith("dynamodb:"))
      .map((action) => action.slice("dynamodb:".length));
    expect([...new Set(onTables)].sort()).toEqual(operations);
  });

  it("allows each function to log in as its database user, and as no other", () => {
    const output = new Synthesized(service);
    for (const { function_name, environment } of output.all("aws_lambda_function")) {
      const name = String(function_name).slice("holdfast-laptop-".length);
      const { DATABASE_USER: user } = (environment as { variables: { DATABASE_USER?: string } }).variables;
      const granted = output.statements(`${name}_role`).filter(({ Action }) => Action.includes("rds-db:connect"));
      const users = granted.flatMap(({ Resource }) => Resource.map((resource) => resource.split("/").at(-1)));
      expect(users, name).toEqual(user === undefined ? [] : [user]);
    }
  });

  it("allows operations to count the messages of every queue and its dead ends", () => {
    const output = new Synthesized(service);
    const queues = output.all("aws_sqs_queue").map(({ name }) => String(name).slice("holdfast-laptop-".length));
    const [body] = output.all("aws_lambda_function").filter((fn) => fn.function_name === "holdfast-laptop-operations");
    const { QUEUES } = (body as { environment: { variables: { QUEUES: string } } }).environment.variables;
    const addresses: { name: string; url: string; deadLetterUrls: string[] }[] = JSON.parse(QUEUES);
    const names = addresses.map(({ name }) => name).sort();
    expect(names).toEqual(queues.filter((name) => !/-(dead|undelivered)$/.test(name)).sort());
    const urls = addresses.flatMap(({ url, deadLetterUrls }) => [url, ...deadLetterUrls]);
    expect(new Set(urls).size).toBe(queues.length);
    const granted = output
      .statements("operations_role")
      .filter(({ Action }) => Action.some((a) => a.startsWith("sqs:")));
    expect(granted.flatMap(({ Action }) => Action)).toEqual(names.map(() => "sqs:GetQueueAttributes"));
    expect(granted.flatMap(({ Resource }) => Resource).sort()).toEqual(
      urls.map((url) => url.replace(/\.url}$/, ".arn}")).sort(),
    );
  });

  it("limits every permission to a resource if its actions support that", () => {
    const wide = new Synthesized(service)
      .statements()
      .filter(({ Resource }) => Resource.some((resource) => resource === "*"));
    for (const { Action } of wide)
      for (const action of Action) expect(action).toMatch(/^(ec2:|xray:|dynamodb:ListStreams$)/);
  });
});
