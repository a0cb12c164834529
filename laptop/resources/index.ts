import { type Instance, TerraformError, type ValueMap } from "../terraform/index.ts";
import * as apiGateway from "./api-gateway.ts";
import * as cloudfrontDistribution from "./cloudfront-distribution.ts";
import * as cloudfrontFunction from "./cloudfront-function.ts";
import * as cloudfrontPolicies from "./cloudfront-policies.ts";
import * as cloudfrontResponseHeadersPolicy from "./cloudfront-response-headers-policy.ts";
import * as dataSources from "./data-sources.ts";
import * as dynamodb from "./dynamodb.ts";
import * as elasticache from "./elasticache.ts";
import * as eventBus from "./event-bus.ts";
import * as firehose from "./firehose.ts";
import * as iam from "./iam.ts";
import * as kinesis from "./kinesis.ts";
import * as lambda from "./lambda.ts";
import type { Laptop } from "./laptop.ts";
import { notRun } from "./not-run.ts";
import * as rds from "./rds.ts";
import * as rdsParameterGroup from "./rds-parameter-group.ts";
import type { EngineName, ResourceHandler } from "./resource.ts";
import * as s3 from "./s3.ts";
import * as scheduler from "./scheduler.ts";
import * as secrets from "./secrets.ts";
import * as ses from "./ses.ts";
import * as sqs from "./sqs.ts";
import * as terraformData from "./terraform-data.ts";
import * as wafv2 from "./wafv2.ts";
import * as webSocketApi from "./websocket-api.ts";

export { type Change, createDeployment, type Round } from "./deployment.ts";
export { databaseHost, type Laptop, laptopAccountId } from "./laptop.ts";
export { notRun } from "./not-run.ts";
export { createRegistry, grantsOf, identityOf } from "./registry.ts";
export type { EngineName } from "./resource.ts";

const families = [
  apiGateway,
  cloudfrontDistribution,
  cloudfrontFunction,
  cloudfrontPolicies,
  cloudfrontResponseHeadersPolicy,
  dynamodb,
  elasticache,
  eventBus,
  firehose,
  iam,
  kinesis,
  lambda,
  rds,
  rdsParameterGroup,
  s3,
  scheduler,
  secrets,
  ses,
  sqs,
  terraformData,
  wafv2,
  webSocketApi,
];

/** Handlers of the resources that run, by type. */
export const resources: Readonly<Record<string, ResourceHandler>> = byType(families.flatMap(handlersOf));
/** Handlers of data sources, by type. The terraform folder itself reads terraform_remote_state. */
export const data: Readonly<Record<string, ResourceHandler>> = byType(handlersOf(dataSources));

/** Refuses types that can neither run nor be left out. One error names all of them. */
export function refuseUnknownTypes(instances: readonly { mode: Instance["mode"]; type: string; path: string }[]): void {
  const unknown = instances.filter(({ mode, type }) =>
    mode === "data" ? !(type in data) && type !== "terraform_remote_state" : !(type in resources) && !(type in notRun),
  );
  const [first] = unknown;
  if (first === undefined) return;
  const list = unknown.map(({ mode, type, path }) => `${path} (${mode === "data" ? "data " : ""}${type})`).join(", ");
  throw new TerraformError(
    "type_unknown",
    `the laptop cloud cannot run ${list}: add a handler to laptop/resources (one file per AWS service), or leave the construct out of this environment`,
    { path: first.path },
  );
}

export function enginesOf(types: readonly string[]): ReadonlySet<EngineName> {
  return new Set(types.flatMap((type) => resources[type]?.engines ?? []));
}

export async function applyInstance(instance: Instance, laptop: Laptop): Promise<ValueMap> {
  const left = instance.mode === "resource" ? notRun[instance.type] : undefined;
  if (left !== undefined) return left.attributes(instance);
  const handler = (instance.mode === "data" ? data : resources)[instance.type];
  if (handler === undefined) {
    refuseUnknownTypes([instance]);
    return {};
  }
  if (instance.mode === "resource" && instance.region !== laptop.region && !handler.isGlobal) {
    throw new TerraformError(
      "construct_unsupported",
      `${instance.address} is in ${instance.region}, but the laptop runs one region, ${laptop.region}`,
      { path: instance.path },
    );
  }
  return handler.apply(instance, laptop);
}

/** Returns whether the resource runs. One that does not run only has attributes, which each apply computes. */
export function isRun({ mode, type }: Pick<Instance, "mode" | "type">): boolean {
  return mode === "resource" && type in resources;
}

/** Removes a resource that `applyInstance` made, or keeps it and logs that. */
export async function removeInstance(
  instance: Instance,
  attributes: ValueMap,
  laptop: Laptop,
): Promise<"removed" | "kept"> {
  return resources[instance.type]?.remove(instance, attributes, laptop) ?? "removed";
}

function handlersOf(family: Readonly<Record<string, ResourceHandler>>): ResourceHandler[] {
  return Object.values(family);
}

function byType(handlers: readonly ResourceHandler[]): Readonly<Record<string, ResourceHandler>> {
  return Object.fromEntries(handlers.map((handler) => [handler.type, handler]));
}
