import type { AwsCall } from "./aws-call.ts";

const actions: Readonly<Record<string, readonly string[]>> = {
  sqs: ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"],
  kinesis: ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"],
  dynamodb: ["DescribeStream", "GetRecords", "GetShardIterator"],
};

/** Needed in addition for a consumer with enhanced fan-out. */
const consumerActions = ["DescribeStreamConsumer", "SubscribeToShard"];

/**
 * The calls that Lambda makes with a function's role to read its queue or stream.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
 */
export function pollerCalls(eventSourceArn: string, onFailureArn?: string): readonly AwsCall[] {
  const service = eventSourceArn.split(":")[2] ?? "";
  const [source = eventSourceArn, consumer] = eventSourceArn.split("/consumer/");
  const polls = (actions[service] ?? []).map((name) => call(`${service}:${name}`, source));
  if (consumer !== undefined) polls.push(...consumerActions.map((name) => call(`kinesis:${name}`, eventSourceArn)));
  // IAM has no resource for this action.
  if (service === "dynamodb") polls.push(call("dynamodb:ListStreams", "*"));
  if (!onFailureArn?.startsWith("arn:aws:s3:")) return polls;
  return [...polls, call("s3:PutObject", `${onFailureArn}/failure`), call("s3:ListBucket", onFailureArn)];
}

const call = (action: string, resource: string): AwsCall => ({ action, resource, context: {} });
