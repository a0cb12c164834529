import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { arn, lastPart, nameOf } from "./naming.ts";
import { boolean, defineResource, ignored, notEncrypted, notTimed, number, text } from "./resource.ts";

/** The attribute of SQS, by Terraform argument. */
const queueAttributes = {
  delay_seconds: "DelaySeconds",
  max_message_size: "MaximumMessageSize",
  message_retention_seconds: "MessageRetentionPeriod",
  receive_wait_time_seconds: "ReceiveMessageWaitTimeSeconds",
  visibility_timeout_seconds: "VisibilityTimeout",
  redrive_policy: "RedrivePolicy",
  redrive_allow_policy: "RedriveAllowPolicy",
  policy: "Policy",
  content_based_deduplication: "ContentBasedDeduplication",
  deduplication_scope: "DeduplicationScope",
  fifo_throughput_limit: "FifoThroughputLimit",
} as const;

export const sqsQueue = defineResource({
  type: "aws_sqs_queue",
  engines: ["queuesAndBuckets"],
  arguments: {
    name: text().optional(),
    name_prefix: text().optional(),
    fifo_queue: boolean().default(false),
    delay_seconds: number().default(0),
    max_message_size: number().optional(),
    message_retention_seconds: number().default(345_600),
    receive_wait_time_seconds: number().default(0),
    visibility_timeout_seconds: number().default(30),
    redrive_policy: text().optional(),
    redrive_allow_policy: text().optional(),
    policy: text().optional(),
    content_based_deduplication: boolean().optional(),
    deduplication_scope: text().optional(),
    fifo_throughput_limit: text().optional(),
    kms_master_key_id: ignored(notEncrypted),
    kms_data_key_reuse_period_seconds: ignored(notEncrypted),
    sqs_managed_sse_enabled: ignored(notEncrypted),
    timeouts: ignored(notTimed),
  },
  apply: async (args, { sqs, registry, region, services }, place) => {
    const name = nameOf(args.name, args.name_prefix, place);
    const queueArn = arn("sqs", region, name);
    const attributes: Record<string, string> = {};
    for (const [argument, attribute] of Object.entries(queueAttributes)) {
      const value = args[argument as keyof typeof queueAttributes];
      if (value !== undefined) attributes[attribute] = String(value);
    }
    const url = (await find(sqs, name)) ?? (await create(sqs, name, args.fifo_queue));
    if (Object.keys(attributes).length > 0) {
      await set(sqs, url, attributes);
    }
    if (args.policy !== undefined) registry.resourcePolicies.set(queueArn, args.policy);
    // Clients send to the address in the URL, so it must be that of the proxy which checks their calls.
    const checked = `${services.access.endpoints.sqs}${new URL(url).pathname}`;
    return { id: checked, url: checked, arn: queueArn, name };
  },
  remove: "keeps data",
});

/** Three attributes may also be separate resources, which break reference cycles. */
export const sqsQueuePolicy = defineResource({
  type: "aws_sqs_queue_policy",
  engines: ["queuesAndBuckets"],
  arguments: { queue_url: text(), policy: text() },
  apply: async (args, { sqs, registry, region }) => {
    await set(sqs, args.queue_url, { Policy: args.policy });
    registry.resourcePolicies.set(arn("sqs", region, lastPart(args.queue_url)), args.policy);
    return { id: args.queue_url };
  },
  remove: async (args, { sqs, registry, region }) => {
    await set(sqs, args.queue_url, { Policy: "" });
    registry.resourcePolicies.delete(arn("sqs", region, lastPart(args.queue_url)));
  },
});
export const sqsQueueRedrivePolicy = defineResource({
  type: "aws_sqs_queue_redrive_policy",
  engines: ["queuesAndBuckets"],
  arguments: { queue_url: text(), redrive_policy: text() },
  apply: async (args, { sqs }) => {
    await set(sqs, args.queue_url, { RedrivePolicy: args.redrive_policy });
    return { id: args.queue_url };
  },
  remove: (args, { sqs }) => set(sqs, args.queue_url, { RedrivePolicy: "" }),
});
export const sqsQueueRedriveAllowPolicy = defineResource({
  type: "aws_sqs_queue_redrive_allow_policy",
  engines: ["queuesAndBuckets"],
  arguments: { queue_url: text(), redrive_allow_policy: text() },
  apply: async (args, { sqs }) => {
    await set(sqs, args.queue_url, { RedriveAllowPolicy: args.redrive_allow_policy });
    return { id: args.queue_url };
  },
  remove: (args, { sqs }) => set(sqs, args.queue_url, { RedriveAllowPolicy: "" }),
});

async function set(client: SQSClient, QueueUrl: string, Attributes: Record<string, string>): Promise<void> {
  await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
}

async function find(client: SQSClient, QueueName: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}

async function create(client: SQSClient, QueueName: string, fifo: boolean): Promise<string> {
  const Attributes = fifo ? { FifoQueue: "true" } : {};
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
  if (QueueUrl === undefined) throw new Error(`the queue ${QueueName} was made without a URL`);
  return QueueUrl;
}
