import type { AwsCall } from "./aws-call.ts";

const actions: Readonly<Record<string, readonly string[]>> = {
  sqs: ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"],
  kinesis: ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"],
  dynamodb: ["DescribeStream", "GetRecords", "GetShardIterator"],
};

/** On a consumer with a pipe of its own (enhanced fan-out). */
const consumerActions = ["DescribeStreamConsumer", "SubscribeToShard"];

/**
 * What Lambda does with a function's role to feed it from a queue or stream.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
 */
export function pollerCalls(eventSourceArn: string, onFailureArn?: string): readonly AwsCall[] {
  const service = eventSourceArn.split(":")[2] ?? "";
  const [source = eventSourceArn, consumer] = eventSourceArn.split("/consumer/");
  const polls = (actions[service] ?? []).map((name) => call(`${service}:${name}`, source));
  if (consumer !== undefined) polls.push(...consumerActions.map((name) => call(`kinesis:${name}`, eventSourceArn)));
  // IAM knows no resource for it.
  if (service === "dynamodb") polls.push(call("dynamodb:ListStreams", "*"));
  if (!onFailureArn?.startsWith("arn:aws:s3:")) return polls;
  return [...polls, call("s3:PutObject", `${onFailureArn}/failure`), call("s3:ListBucket", onFailureArn)];
}

const call = (action: string, resource: string): AwsCall => ({ action, resource, context: {} });
