import { z } from "zod";
import { parseArn } from "../arn.ts";
import type { EngineEndpoints } from "../context.ts";
import { createDeliver, queueUrlOf } from "../delivery.ts";
import type { Timers } from "../timers.ts";
import { callJson, EngineError } from "../wire.ts";
import type { BusEvent } from "./event.ts";
import type { TargetOptions } from "./event-bus-service.ts";

/** Takes the call; the function runs later. */
export type InvokeFunction = (arn: string, payload: string) => Promise<void>;

export interface TargetPorts {
  readonly endpoints: EngineEndpoints;
  readonly invokeFunction: InvokeFunction;
  readonly timers: Timers;
  readonly log: (line: string) => void;
}

export interface Target {
  /** Resolves when every event was delivered once, or waits for a retry. */
  deliver(events: readonly BusEvent[]): Promise<void>;
  /** Gives up what waits for a retry. */
  stop(): void;
}

interface Failure {
  readonly event: BusEvent;
  readonly code: string;
  readonly message: string;
  /** Another attempt would fail in the same way. */
  readonly isFinal: boolean;
}

interface Attempt {
  readonly attempt: number;
  readonly firstAtMs: number;
}

const retryAttemptsDefault = 185;
const eventAgeSecondsDefault = 86_400;
const retryMsMin = 1_000;
const retryMsMax = 60_000;
const batchSizeMax = 10;

/** One target of a rule: tries again with growing waits, and sends what it gives up on to the dead letters. */
export function createTarget(ports: TargetPorts, ruleArn: string, options: TargetOptions): Target {
  const { service } = parseArn(options.arn);
  if (service !== "sqs" && service !== "lambda") {
    throw new Error(`rule ${options.rule}: ${options.arn} cannot be a target here; queues and functions can`);
  }
  const { timers, log } = ports;
  const send = service === "sqs" ? queueSender(ports, options) : functionSender(ports, options);
  const waiting = new Set<() => void>();
  const isPermitted = (targetArn: string) => options.isPermitted?.({ ruleArn, targetArn }) ?? true;

  async function attemptAll(events: readonly BusEvent[], { attempt, firstAtMs }: Attempt): Promise<void> {
    const failures = isPermitted(options.arn) ? await send(events) : events.map(notPermitted);
    const ageMs = timers.now() - firstAtMs;
    const isLast =
      attempt > (options.maximumRetryAttempts ?? retryAttemptsDefault) ||
      ageMs > (options.maximumEventAgeSeconds ?? eventAgeSecondsDefault) * 1_000;
    const left = failures.filter(({ isFinal }) => !isFinal && !isLast);
    for (const failure of failures.filter((failed) => !left.includes(failed))) await giveUp(failure, attempt);
    if (left.length === 0) return;
    log(`${options.rule}: ${left.length} events could not be delivered (${left[0]?.message}), trying again`);
    const waitMs = Math.min(retryMsMin * 2 ** (attempt - 1), retryMsMax);
    const retry = () => {
      waiting.delete(cancel);
      const again = left.map(({ event }) => event);
      void attemptAll(again, { attempt: attempt + 1, firstAtMs }).catch((error: unknown) => log(String(error)));
    };
    const cancel = timers.after(waitMs, retry);
    waiting.add(cancel);
  }

  const deadLetters = createDeliver(ports);

  async function giveUp({ event, code, message, isFinal }: Failure, attempt: number): Promise<void> {
    log(`${options.rule}: gave up on event ${String(event.id)}: ${code} ${message}`);
    const { deadLetterArn } = options;
    if (deadLetterArn === undefined) return;
    if (!isPermitted(deadLetterArn)) {
      return log(`${options.rule}: ${deadLetterArn} does not permit the rule to send; the event is lost`);
    }
    const attributes = {
      RULE_ARN: ruleArn,
      TARGET_ARN: options.arn,
      ERROR_CODE: code,
      ERROR_MESSAGE: message.slice(0, 1_000),
      RETRY_ATTEMPTS: String(attempt - 1),
      ...(isFinal ? {} : { EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts" }),
    };
    await deadLetters({ targetArn: deadLetterArn, body: bodyOf(event, options), objectKey: "", attributes });
  }

  return {
    deliver: (events) => attemptAll(events, { attempt: 1, firstAtMs: timers.now() }),
    stop: () => {
      for (const cancel of waiting) cancel();
    },
  };
}

const notPermitted = (event: BusEvent): Failure => ({
  event,
  code: "NO_PERMISSIONS",
  isFinal: true,
  message: "the target's policy does not let the rule send to it",
});

const bodyOf = (event: BusEvent, { input }: TargetOptions): string => input ?? JSON.stringify(event);

type Send = (events: readonly BusEvent[]) => Promise<readonly Failure[]>;

const SendAnswer = z.object({
  Failed: z.array(z.object({ Id: z.string(), Code: z.string(), Message: z.string().optional() })).nullish(),
});

function queueSender({ endpoints }: TargetPorts, options: TargetOptions): Send {
  const endpoint = endpoints.sqs;
  const { region } = parseArn(options.arn);
  let url: string | undefined;
  return async (events) => {
    const failures: Failure[] = [];
    for (let start = 0; start < events.length; start += batchSizeMax) {
      const batch = events.slice(start, start + batchSizeMax);
      try {
        url ??= await queueUrlOf({ endpoint, queueArn: options.arn });
        const Entries = batch.map((event, index) => ({ Id: String(index), MessageBody: bodyOf(event, options) }));
        const input = { QueueUrl: url, Entries };
        const target = "AmazonSQS.SendMessageBatch";
        const answer = await callJson({ endpoint, target, version: "1.0", region, input, output: SendAnswer });
        for (const { Id, Code, Message = "" } of answer.Failed ?? []) {
          const event = batch[Number(Id)];
          if (event) failures.push({ event, code: Code, message: Message, isFinal: false });
        }
      } catch (error) {
        failures.push(...batch.map((event) => failureOf(event, error)));
      }
    }
    return failures;
  };
}

function functionSender({ invokeFunction }: TargetPorts, options: TargetOptions): Send {
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
