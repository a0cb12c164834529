import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { clientOptions, queuesAndBucketsEndpoint } from "../testing/index.ts";
import { describeEngine } from "./engine.conformance.ts";
import { startQueuesAndBuckets } from "./queues-and-buckets.ts";

const QueueName = "kept";
const Bucket = "kept";

describeEngine("startQueuesAndBuckets", {
  start: startQueuesAndBuckets,
  write: async (endpoint) => {
    const { sqs, s3 } = connect(endpoint);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "one" }));
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "a/b", Body: "two" }));
  },
  read: async (endpoint) => {
    const { sqs, s3 } = connect(endpoint);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    const object = await s3.send(new GetObjectCommand({ Bucket, Key: "a/b" }));
    return {
      reachable: QueueUrl?.startsWith(endpoint),
      messages: Messages?.map((message) => message.Body),
      object: await object.Body?.transformToString(),
    };
  },
  expected: { reachable: true, messages: ["one"], object: "two" },
});

it("is shared by the tests of a run", async () => {
  const { s3 } = connect(await queuesAndBucketsEndpoint());
  expect((await s3.send(new ListBucketsCommand({}))).$metadata.httpStatusCode).toBe(200);
});

function connect(endpoint: string) {
  return {
    sqs: new SQSClient(clientOptions(endpoint)),
    s3: new S3Client({ ...clientOptions(endpoint), forcePathStyle: true }),
  };
}
