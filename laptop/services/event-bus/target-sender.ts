import { z } from "zod";
import { parseArn } from "../arn.ts";
import type { EngineEndpoints } from "../context.ts";
import { queueUrlOf } from "../delivery.ts";
import { callJson, EngineError } from "../wire.ts";
import type { BusEvent } from "./event.ts";
import type { TargetOptions } from "./event-bus-service.ts";

/** Hands the call over; the function runs later. */
export type InvokeFunction = (arn: string, payload: string) => Promise<void>;

export interface SenderPorts {
  readonly endpoints: EngineEndpoints;
  readonly invokeFunction: InvokeFunction;
}

/** An event that the target did not take. */
export interface Failure {
  readonly event: BusEvent;
  readonly code: string;
  readonly message: string;
  /** Another attempt would fail in the same way. */
  readonly isFinal: boolean;
}

/** Sends events to one target once. Resolves with those that it did not take. */
export type Send = (events: readonly BusEvent[]) => Promise<readonly Failure[]>;

/** @throws Error when the target is neither a queue nor a function */
export function createSender(ports: SenderPorts, options: TargetOptions): Send {
  switch (parseArn(options.arn).service) {
    case "sqs":
      return queueSender(ports, options);
    case "lambda":
      return functionSender(ports, options);
    default:
      throw new Error(`rule ${options.rule}: ${options.arn} cannot be a target here; queues and functions can`);
  }
}

/** What the target gets for an event. */
export const bodyOf = (event: BusEvent, { input }: TargetOptions): string => input ?? JSON.stringify(event);

const batchSizeMax = 10;

function queueSender({ endpoints }: SenderPorts, options: TargetOptions): Send {
  const endpoint = endpoints.sqs;
  let url: string | undefined;
  return async (events) => {
    const failures: Failure[] = [];
    for (let start = 0; start < events.length; start += batchSizeMax) {
      const batch = events.slice(start, start + batchSizeMax);
      try {
        url ??= await queueUrlOf({ endpoint, queueArn: options.arn });
        failures.push(...(await sendBatch({ endpoint, url }, batch, options)));
      } catch (error) {
        failures.push(...batch.map((event) => failureOf(event, error)));
      }
    }
    return failures;
  };
}

const SendAnswer = z.object({
  Failed: z.array(z.object({ Id: z.string(), Code: z.string(), Message: z.string().optional() })).nullish(),
});

async function sendBatch(
  queue: { readonly endpoint: string; readonly url: string },
  batch: readonly BusEvent[],
  options: TargetOptions,
): Promise<readonly Failure[]> {
  const answer = await callJson({
    endpoint: queue.endpoint,
    target: "AmazonSQS.SendMessageBatch",
    version: "1.0",
    region: parseArn(options.arn).region,
    input: {
      QueueUrl: queue.url,
      Entries: batch.map((event, index) => ({ Id: String(index), MessageBody: bodyOf(event, options) })),
    },
    output: SendAnswer,
  });
  return (answer.Failed ?? []).flatMap(({ Id, Code, Message = "" }) => {
    const event = batch[Number(Id)];
    return event ? [{ event, code: Code, message: Message, isFinal: false }] : [];
  });
}

function functionSender({ invokeFunction }: SenderPorts, options: TargetOptions): Send {
  return async (events) => {
    const sent = await Promise.allSettled(events.map((event) => invokeFunction(options.arn, bodyOf(event, options))));
    return sent.flatMap((result, index) => {
      const event = events[index];
      return result.status === "rejected" && event ? [failureOf(event, result.reason)] : [];
    });
  };
}

function failureOf(event: BusEvent, error: unknown): Failure {
  const code = error instanceof EngineError ? error.code : "SDK_CLIENT_ERROR";
  return { event, code, message: String(error), isFinal: /NonExistentQueue|QueueDoesNotExist/.test(code) };
}
