import type { Json } from "../event-pattern.ts";
import { jsonOrText } from "./filter.ts";
import type { QueueMessage } from "./queue-client.ts";

/** The message as the function's event has it. */
export function toQueueEvent(message: QueueMessage, queue: { readonly arn: string; readonly region: string }): Json {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes,
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes).map(([name, value]) => [name, attributeOf(value)]),
    ),
    md5OfBody: message.MD5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: queue.arn,
    awsRegion: queue.region,
  };
}

/** The event as a filter pattern sees it: patterns reach into a body that is JSON. */
export function toFilteredEvent(event: Json): Json {
  const fields = event as { readonly [name: string]: Json };
  return typeof fields.body === "string" ? { ...fields, body: jsonOrText(fields.body) } : event;
}

/** In the event, the members of an attribute begin with a small letter. */
function attributeOf(value: unknown): Json {
  const { DataType, StringValue, BinaryValue } = value as Record<string, string | undefined>;
  return {
    dataType: DataType ?? "String",
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
  };
}
