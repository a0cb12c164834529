import { z } from "zod";
import { parseArn } from "../arn.ts";
import { queueUrlOf } from "../delivery.ts";
import type { Json } from "../event-pattern.ts";
import { createBackoff } from "../streams/pause.ts";
import type { RunningShards } from "../streams/run-shards.ts";
import type { Timers } from "../timers.ts";
import { callJson } from "../wire.ts";
import { readBatchAnswer } from "./batch-answer.ts";
import type { EventSourceMappingOptions } from "./event-source-mapping-service.ts";
import { compileFilter, jsonOrText } from "./filter.ts";
import type { InvokeBatch } from "./invoke-batch.ts";

const Message = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  MD5OfBody: z.string(),
  Attributes: z.record(z.string(), z.string()).default({}),
  MessageAttributes: z.record(z.string(), z.unknown()).default({}),
});
type Message = z.output<typeof Message>;
const Received = z.object({ Messages: z.array(Message).nullish() });

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const receiveCountMax = 10;
/**
 * Short, as a poll is never broken off: the engine would hand the next message to whoever has gone, and it would come
 * again only after its visibility timeout.
 */
const longPollSeconds = 1;
const receiveMsMax = 10_000;
const defaultBatchSize = 10;
/** Lambda begins with five batches at once; more is asked for by the mapping. */
const defaultConcurrency = 5;

export interface QueuePollerOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly mapping: EventSourceMappingOptions;
  readonly timers: Timers;
  readonly invoke: InvokeBatch;
  readonly log: (line: string) => void;
}

/** Feeds a function from a queue: what it did not report as failed is deleted, the rest comes again after its visibility timeout. */
export async function startQueuePoller(options: QueuePollerOptions): Promise<RunningShards> {
  const { mapping, endpoint } = options;
  const QueueUrl = await queueUrlOf({ endpoint, queueArn: mapping.eventSourceArn });
  const controller = new AbortController();
  const { signal } = controller;
  const passes = compileFilter(mapping.filterPatterns);
  const batchSize = mapping.batchSize ?? defaultBatchSize;
  const windowMs = (mapping.maximumBatchingWindowSeconds ?? 0) * 1000;
  const running = new Set<Promise<void>>();

  async function receive(count: number, waitSeconds: number): Promise<Message[]> {
    const input = {
      QueueUrl,
      MaxNumberOfMessages: Math.min(count, receiveCountMax),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    };
    const answer = await call("ReceiveMessage", input, Received, AbortSignal.timeout(receiveMsMax));
    return answer.Messages ?? [];
  }

  function call<Shape extends z.ZodType>(operation: string, input: object, output: Shape, abort?: AbortSignal) {
    const target = `AmazonSQS.${operation}`;
    const { region } = parseArn(mapping.eventSourceArn);
    return callJson({ endpoint, target, version: "1.0", region, input, output, ...(abort ? { signal: abort } : {}) });
  }

  /** The first messages that come, and what follows them within the window while the batch has room. */
  async function gather(): Promise<Message[]> {
    const messages = await receive(batchSize, longPollSeconds);
    const until = options.timers.now() + windowMs;
    let isMore = messages.length === receiveCountMax || (messages.length > 0 && windowMs > 0);
    while (isMore && messages.length < batchSize && !signal.aborted) {
      const leftMs = Math.max(until - options.timers.now(), 0);
      const more = await receive(batchSize - messages.length, Math.min(longPollSeconds, Math.ceil(leftMs / 1000)));
      messages.push(...more);
      isMore = more.length === receiveCountMax || until > options.timers.now();
    }
    return messages;
  }

  async function deleteMessages(messages: readonly Message[]): Promise<void> {
    for (let index = 0; index < messages.length; index += receiveCountMax) {
      const Entries = messages
        .slice(index, index + receiveCountMax)
        .map(({ ReceiptHandle }, place) => ({ Id: String(place), ReceiptHandle }));
      await call("DeleteMessageBatch", { QueueUrl, Entries }, z.unknown());
    }
  }

  /** Lets others have them now. */
  async function release(messages: readonly Message[]): Promise<void> {
    for (let index = 0; index < messages.length; index += receiveCountMax) {
      const Entries = messages
        .slice(index, index + receiveCountMax)
        .map(({ ReceiptHandle }, place) => ({ Id: String(place), ReceiptHandle, VisibilityTimeout: 0 }));
      await call("ChangeMessageVisibilityBatch", { QueueUrl, Entries }, z.unknown());
    }
  }

  async function workOff(received: readonly Message[]): Promise<void> {
    const events = received.map((message) => toEvent(message, options));
    const wanted = received.filter((_, index) => passes(toFiltered(events[index] ?? null)));
    await deleteMessages(received.filter((message) => !wanted.includes(message)));
    if (wanted.length === 0) return;
    const result = await options.invoke(
      events.filter((_, index) => wanted.includes(received[index] as Message)),
      signal,
    );
    if (result === "stopped") return release(wanted);
    const answer = readBatchAnswer({
      result,
      identifiers: wanted.map(({ MessageId }) => MessageId),
      reportsItemFailures: mapping.functionResponseTypes?.includes("ReportBatchItemFailures") ?? false,
    });
    if (answer.type === "all-failed") return options.log(`${wanted.length} messages failed: ${answer.reason}`);
    const failed = answer.type === "some-failed" ? answer.indexes : [];
    if (failed.length > 0) options.log(`${failed.length} of ${wanted.length} messages failed`);
    await deleteMessages(wanted.filter((_, index) => !failed.includes(index)));
  }

  async function poll(): Promise<void> {
    const backoff = createBackoff(signal);
    while (!signal.aborted) {
      try {
        const messages = await gather();
        backoff.reset();
        if (messages.length === 0) continue;
        if (signal.aborted) {
          await release(messages);
          break;
        }
        const work = workOff(messages).catch((error: unknown) => options.log(`batch failed: ${String(error)}`));
        running.add(work);
        void work.finally(() => running.delete(work));
        if (running.size >= (mapping.maximumConcurrency ?? defaultConcurrency)) await Promise.race(running);
      } catch (error) {
        if (signal.aborted) break;
        options.log(`polling failed: ${String(error)}`);
        await backoff.wait();
      }
    }
    await Promise.all(running);
  }

  const polling = poll();
  return {
    stop: async () => {
      controller.abort();
      await polling;
    },
  };
}

function toEvent(message: Message, { region, mapping }: QueuePollerOptions): Json {
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
    eventSourceARN: mapping.eventSourceArn,
    awsRegion: region,
  };
}

/** The event spells an attribute's members with a small first letter. */
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

function toFiltered(event: Json): Json {
  const fields = event as { readonly [name: string]: Json };
  return typeof fields.body === "string" ? { ...fields, body: jsonOrText(fields.body) } : event;
}
