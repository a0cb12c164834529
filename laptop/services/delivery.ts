import { z } from "zod";
import { parseArn } from "./arn.ts";
import type { EngineEndpoints } from "./context.ts";
import { callJson, publish, putObject } from "./wire.ts";

/** What a dead-letter queue or an on-failure destination gets. */
export interface FailureDelivery {
  /** ARN of a queue, topic, bucket or function. */
  readonly targetArn: string;
  readonly body: string;
  /** Name of the object, for a bucket. */
  readonly objectKey: string;
  /** SQS message attributes. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export type Deliver = (delivery: FailureDelivery) => Promise<void>;

export function createDeliver(options: {
  readonly endpoints: EngineEndpoints;
  readonly invokeFunction: (arn: string, payload: string) => Promise<void>;
}): Deliver {
  const { endpoints, invokeFunction } = options;
  return async ({ targetArn, body, objectKey, attributes }) => {
    const { service, resource } = parseArn(targetArn);
    switch (service) {
      case "sqs":
        return sendMessage({ endpoint: endpoints.sqs, queueArn: targetArn, body, attributes: attributes ?? {} });
      case "sns":
        return publish({ endpoint: endpoints.sns, topicArn: targetArn, message: body });
      case "s3": {
        const object = { bucket: resource, key: objectKey, body: Buffer.from(body) };
        return putObject({ endpoint: endpoints.s3, ...object, contentType: "application/json" });
      }
      case "lambda":
        return invokeFunction(targetArn, body);
      default:
        throw new Error(`"${targetArn}" cannot take records; a queue, topic, bucket or function can`);
    }
  };
}

export async function queueUrlOf(options: { endpoint: string; queueArn: string }): Promise<string> {
  const { resource, accountId, region } = parseArn(options.queueArn);
  const { QueueUrl } = await callJson({
    endpoint: options.endpoint,
    target: "AmazonSQS.GetQueueUrl",
    version: "1.0",
    region,
    input: { QueueName: resource, ...(accountId ? { QueueOwnerAWSAccountId: accountId } : {}) },
    output: z.object({ QueueUrl: z.string() }),
  });
  return QueueUrl;
}

export async function sendMessage(options: {
  readonly endpoint: string;
  readonly queueArn: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}): Promise<void> {
  const attributes = Object.entries(options.attributes).map(([name, StringValue]) => [
    name,
    { DataType: "String", StringValue },
  ]);
  await callJson({
    endpoint: options.endpoint,
    target: "AmazonSQS.SendMessage",
    version: "1.0",
    region: parseArn(options.queueArn).region,
    input: {
      QueueUrl: await queueUrlOf(options),
      MessageBody: options.body,
      ...(attributes.length > 0 ? { MessageAttributes: Object.fromEntries(attributes) } : {}),
    },
    output: z.unknown(),
  });
}
