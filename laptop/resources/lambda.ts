import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { z } from "zod";
import { pollerCalls } from "../services/index.ts";
import { defined } from "./defined.ts";
import type { Laptop } from "./laptop.ts";
import { addressId, lastPart, nameOf } from "./naming.ts";
import { required } from "./registry.ts";
import {
  block,
  boolean,
  defineResource,
  ignored,
  notDestroyed,
  notEncrypted,
  notMonitored,
  notNetworked,
  notTimed,
  number,
  only,
  text,
  textMap,
} from "./resource.ts";

export const lambdaFunction = defineResource({
  type: "aws_lambda_function",
  arguments: {
    function_name: text(),
    role: text(),
    filename: text(),
    handler: text(),
    runtime: text(),
    package_type: only(["Zip"], "the laptop does not run images").optional(),
    environment: block({ variables: textMap().default({}) }).optional(),
    timeout: number().optional(),
    memory_size: number().optional(),
    reserved_concurrent_executions: number().optional(),
    dead_letter_config: block({ target_arn: text() }).optional(),
    architectures: ignored("functions run on this machine's processor"),
    source_code_hash: ignored("the laptop reads the zip file itself at each start"),
    description: ignored("descriptions have no effect"),
    publish: ignored("only $LATEST runs"),
    vpc_config: ignored(notNetworked),
    replace_security_groups_on_destroy: ignored(notNetworked),
    replacement_security_group_ids: ignored(notNetworked),
    logging_config: ignored("the laptop keeps its own logs"),
    tracing_config: ignored(notMonitored),
    ephemeral_storage: ignored("functions use this machine's disk"),
    kms_key_arn: ignored(notEncrypted),
    source_kms_key_arn: ignored(notEncrypted),
    skip_destroy: ignored(notDestroyed),
    timeouts: ignored(notTimed),
  },
  apply: async (args, { services, registry }, place) => {
    required(registry.roleByArn(args.role), "role", args.role);
    const made = await services.lambda.createFunction(
      defined({
        name: args.function_name,
        code: { zip: resolve(place.folder, args.filename) },
        handler: args.handler,
        roleArn: args.role,
        runtime: args.runtime,
        environment: args.environment?.variables,
        timeoutSeconds: args.timeout,
        memoryMb: args.memory_size,
        reservedConcurrency: args.reserved_concurrent_executions,
        deadLetterArn: args.dead_letter_config?.target_arn,
      }),
    );
    registry.callers.set(made.accessKeyId, { functionName: made.name, roleArn: made.roleArn });
    return {
      id: made.name,
      arn: made.arn,
      qualified_arn: made.qualifiedArn,
      invoke_arn: made.invokeArn,
      version: made.version,
      code_sha256: made.codeSha256,
      source_code_size: made.codeSize,
      last_modified: made.lastModified,
    };
  },
  remove: (args, { services }) => services.lambda.deleteFunction(args.function_name),
});

export const lambdaPermission = defineResource({
  type: "aws_lambda_permission",
  arguments: {
    function_name: text(),
    action: text(),
    principal: text(),
    source_arn: text().optional(),
    source_account: text().optional(),
    statement_id: text().optional(),
    statement_id_prefix: text().optional(),
  },
  apply: (args, { services }, place) => {
    const statementId = nameOf(args.statement_id, args.statement_id_prefix, place);
    services.lambda.addPermission(
      defined({
        function: args.function_name,
        statementId,
        action: args.action,
        principal: args.principal,
        sourceArn: args.source_arn,
        sourceAccount: args.source_account,
      }),
    );
    // The id contains the function: a statement that moves to another function must be removed from the old one.
    return { id: `${lastPart(args.function_name)}/${statementId}`, statement_id: statementId };
  },
  remove: (args, { services }, { statement_id }) =>
    services.lambda.removePermission({ function: args.function_name, statementId: String(statement_id) }),
});

const ReportBatchItemFailures = z.literal("ReportBatchItemFailures");

export const lambdaEventSourceMapping = defineResource({
  type: "aws_lambda_event_source_mapping",
  arguments: {
    event_source_arn: text(),
    function_name: text(),
    enabled: boolean().optional(),
    batch_size: number().optional(),
    maximum_batching_window_in_seconds: number().optional(),
    starting_position: z.enum(["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"]).optional(),
    starting_position_timestamp: text().optional(),
    filter_criteria: block({ filter: z.union([z.array(pattern()), pattern().transform((one) => [one])]) }).optional(),
    bisect_batch_on_function_error: boolean().optional(),
    maximum_retry_attempts: number().optional(),
    maximum_record_age_in_seconds: number().optional(),
    function_response_types: z.array(ReportBatchItemFailures).optional(),
    parallelization_factor: number().optional(),
    scaling_config: block({ maximum_concurrency: number().optional() }).optional(),
    destination_config: block({ on_failure: block({ destination_arn: text() }).optional() }).optional(),
    kms_key_arn: ignored(notEncrypted),
    metrics_config: ignored(notMonitored),
  },
  apply: async (args, { services }, place) => {
    const called = required(services.lambda.describeFunction(args.function_name), "function", args.function_name);
    const onFailureArn = args.destination_config?.on_failure?.destination_arn;
    await services.access.demand(called.accessKeyId, pollerCalls(args.event_source_arn, onFailureArn));
    const made = await services.eventSourceMappings.createEventSourceMapping(
      defined({
        // The id contains the source: a mapping with another source must not start from the old checkpoint.
        uuid: uuidOf(addressId({ ...place, address: `${place.address} ${args.event_source_arn}` }, 32)),
        eventSourceArn: args.event_source_arn,
        functionName: args.function_name,
        enabled: args.enabled,
        batchSize: args.batch_size,
        maximumBatchingWindowSeconds: args.maximum_batching_window_in_seconds,
        startingPosition: args.starting_position,
        startingPositionTimestamp: args.starting_position_timestamp,
        filterPatterns: args.filter_criteria?.filter.map(({ pattern }) => pattern),
        bisectBatchOnFunctionError: args.bisect_batch_on_function_error,
        maximumRetryAttempts: args.maximum_retry_attempts,
        maximumRecordAgeSeconds: args.maximum_record_age_in_seconds,
        functionResponseTypes: args.function_response_types,
        parallelizationFactor: args.parallelization_factor,
        maximumConcurrency: args.scaling_config?.maximum_concurrency,
        onFailureArn,
      }),
    );
    return { id: made.uuid, uuid: made.uuid, arn: made.arn, function_arn: made.functionArn, state: made.state };
  },
  remove: (_, { services }, { uuid }) => services.eventSourceMappings.deleteEventSourceMapping(String(uuid)),
});

function pattern() {
  return z.strictObject({ pattern: text() });
}

function uuidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

export const lambdaFunctionEventInvokeConfig = defineResource({
  type: "aws_lambda_function_event_invoke_config",
  arguments: {
    function_name: text(),
    maximum_retry_attempts: number().optional(),
    maximum_event_age_in_seconds: number().optional(),
    destination_config: block({
      on_failure: block({ destination: text() }).optional(),
      on_success: block({ destination: text() }).optional(),
    }).optional(),
  },
  apply: (args, { services }) => {
    services.lambda.putInvokeConfig(
      defined({
        function: args.function_name,
        maximumRetryAttempts: args.maximum_retry_attempts,
        maximumEventAgeSeconds: args.maximum_event_age_in_seconds,
        onFailureArn: args.destination_config?.on_failure?.destination,
        onSuccessArn: args.destination_config?.on_success?.destination,
      }),
    );
    return { id: args.function_name };
  },
  remove: (args, { services }) => services.lambda.deleteInvokeConfig(args.function_name),
});

const Ran = z.object({ key: z.string(), result: z.string() });

/** Invokes once for each combination of function, input and triggers, as Terraform does, and stores the result. */
export const lambdaInvocation = defineResource({
  type: "aws_lambda_invocation",
  arguments: {
    function_name: text(),
    input: text(),
    triggers: textMap().default({}),
    lifecycle_scope: only(["CREATE_ONLY"], "functions are not invoked for an update or a removal").optional(),
    qualifier: only(["$LATEST"], "there are no versions").optional(),
    terraform_key: ignored("it names a field for updates, and there are no updates"),
  },
  apply: async (args, laptop, place) => {
    const key = createHash("sha256")
      .update(JSON.stringify([args.function_name, args.input, Object.entries(args.triggers).sort()]))
      .digest("hex");
    const stateKey = `invocation/${place.stack}/${place.address}`;
    const ran = laptop.state.get(stateKey, Ran);
    if (ran?.key === key) return { id: key, result: ran.result };
    const result = await invoke(laptop, args.function_name, args.input);
    laptop.state.set(stateKey, { key, result });
    return { id: key, result };
  },
  remove: "leaves nothing",
});

async function invoke({ services, log }: Laptop, name: string, payload: string): Promise<string> {
  log(`invoking ${lastPart(name)}`);
  const answer = await services.lambda.invoke({ function: name, payload });
  if (answer.functionError === undefined) return answer.payload;
  throw new Error(`the function ${lastPart(name)} failed: ${answer.payload}`);
}
