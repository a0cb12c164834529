import { createDeliver, type Deliver } from "../delivery.ts";
import type { Timers } from "../timers.ts";
import type { BusEvent } from "./event.ts";
import type { TargetOptions } from "./event-bus-service.ts";
import { bodyOf, createSender, type Failure, type Send, type SenderPorts } from "./target-sender.ts";

export interface TargetPorts extends SenderPorts {
  readonly timers: Timers;
  readonly log: (line: string) => void;
}

interface Attempt {
  /** From 1 on. */
  readonly number: number;
  readonly firstAtMs: number;
}

const retryAttemptsDefault = 185;
const eventAgeSecondsDefault = 86_400;
const retryMsMin = 1_000;
const retryMsMax = 60_000;

/**
 * One target of a rule. It retries with growing waits and sends the events that it gives up to the dead-letter queue.
 */
export class Target {
  readonly #ports: TargetPorts;
  readonly #ruleArn: string;
  readonly #options: TargetOptions;
  readonly #send: Send;
  readonly #deliverDeadLetter: Deliver;
  /** Each cancels a retry that waits for its time. */
  readonly #retryCancels = new Set<() => void>();

  /** @throws Error when the target is neither a queue nor a function */
  constructor(ports: TargetPorts, ruleArn: string, options: TargetOptions) {
    this.#ports = ports;
    this.#ruleArn = ruleArn;
    this.#options = options;
    this.#send = createSender(ports, options);
    this.#deliverDeadLetter = createDeliver(ports);
  }

  /** Resolves when every event was delivered once, or waits for a retry. */
  deliver(events: readonly BusEvent[]): Promise<void> {
    return this.#attempt(events, { number: 1, firstAtMs: this.#ports.timers.now() });
  }

  /** Drops the events that wait for a retry. */
  stop(): void {
    for (const cancel of this.#retryCancels) cancel();
  }

  async #attempt(events: readonly BusEvent[], attempt: Attempt): Promise<void> {
    const isPermitted = this.#isPermitted(this.#options.arn);
    const failures = isPermitted ? await this.#send(events) : events.map(notPermitted);
    const isLast = this.#isLast(attempt);
    const retried = failures.filter(({ isFinal }) => !isFinal && !isLast);
    for (const failure of failures.filter((failed) => !retried.includes(failed))) await this.#giveUp(failure, attempt);
    if (retried.length > 0) this.#retryLater(retried, attempt);
  }

  #isLast({ number, firstAtMs }: Attempt): boolean {
    const { maximumRetryAttempts, maximumEventAgeSeconds } = this.#options;
    const ageMs = this.#ports.timers.now() - firstAtMs;
    return (
      number > (maximumRetryAttempts ?? retryAttemptsDefault) ||
      ageMs > (maximumEventAgeSeconds ?? eventAgeSecondsDefault) * 1_000
    );
  }

  #retryLater(failures: readonly Failure[], { number, firstAtMs }: Attempt): void {
    const { timers, log } = this.#ports;
    const count = failures.length;
    log(`${this.#options.rule}: ${count} events could not be delivered (${failures[0]?.message}), trying again`);
    const waitMs = Math.min(retryMsMin * 2 ** (number - 1), retryMsMax);
    const cancel = timers.after(waitMs, () => {
      this.#retryCancels.delete(cancel);
      const events = failures.map(({ event }) => event);
      void this.#attempt(events, { number: number + 1, firstAtMs }).catch((error: unknown) => log(String(error)));
    });
    this.#retryCancels.add(cancel);
  }

  async #giveUp({ event, code, message, isFinal }: Failure, { number }: Attempt): Promise<void> {
    const { log } = this.#ports;
    const { rule, arn, deadLetterArn } = this.#options;
    log(`${rule}: gave up on event ${String(event.id)}: ${code} ${message}`);
    if (deadLetterArn === undefined) return;
    if (!this.#isPermitted(deadLetterArn)) {
      return log(`${rule}: ${deadLetterArn} does not permit the rule to send; the event is lost`);
    }
    const attributes = {
      RULE_ARN: this.#ruleArn,
      TARGET_ARN: arn,
      ERROR_CODE: code,
      ERROR_MESSAGE: message.slice(0, 1_000),
      RETRY_ATTEMPTS: String(number - 1),
      ...(isFinal ? {} : { EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts" }),
    };
    const body = bodyOf(event, this.#options);
    await this.#deliverDeadLetter({ targetArn: deadLetterArn, body, objectKey: "", attributes });
  }

  #isPermitted(targetArn: string): boolean {
    return this.#options.isPermitted?.({ ruleArn: this.#ruleArn, targetArn }) ?? true;
  }
}

const notPermitted = (event: BusEvent): Failure => ({
  event,
  code: "NO_PERMISSIONS",
  isFinal: true,
  message: "the target's policy does not let the rule send to it",
});
