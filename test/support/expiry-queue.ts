import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { clientOptions, queuesAndBucketsEndpoint, uniqueName } from "laptop-cloud/testing";

/** Opens a queue for one test. It uses the machine's clock, so tests check delays and do not wait for them. */
export async function openQueue() {
  const sqs = new SQSClient(clientOptions(await queuesAndBucketsEndpoint()));
  const { QueueUrl: queueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: uniqueName("expiry") }));
  const receive = async (): Promise<Message[]> => {
    const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 });
    return (await sqs.send(command)).Messages ?? [];
  };
  const counts = async () => {
    const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"] as const;
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...AttributeNames] }),
    );
    return {
      ready: Number(Attributes?.ApproximateNumberOfMessages),
      delayed: Number(Attributes?.ApproximateNumberOfMessagesDelayed),
    };
  };
  return { sqs, queueUrl, receive, counts };
}

/** Returns what the queue's event source mapping passes to a function. */
export function queueEvent(...bodies: readonly (string | object)[]): SQSEvent {
  const records = bodies.map((body, index) => ({
    messageId: `message-${index}`,
    body: typeof body === "string" ? body : JSON.stringify(body),
    // Members that no function reads are left out.
  })) as SQSRecord[];
  return { Records: records };
}
