import { functionNameOf } from "../arn.ts";
import type { Deliver } from "../delivery.ts";
import type { Timers } from "../timers.ts";
import {
  type AsyncInvocation,
  destinationRecord,
  type SettledCondition,
  type SettledInvocation,
} from "./destination-record.ts";
import type { InvocationResult, InvokeConfigOptions } from "./lambda-service.ts";
import { TrackedWork } from "./tracked-work.ts";

export interface AsyncInvocationsOptions {
  readonly timers: Timers;
  readonly invoke: (invocation: AsyncInvocation) => Promise<InvocationResult | "throttled">;
  readonly deliver: Deliver;
  readonly onProblem: (functionName: string, problem: string) => void;
}

interface Attempt {
  readonly invocation: AsyncInvocation;
  /** 1 for the first. */
  readonly count: number;
  readonly acceptedAt: number;
}

/** Lambda waits one minute before the first retry and two before the second. */
const retryWaitsMs = [60_000, 120_000] as const;
const throttledWaitMs = 1_000;
const eventAgeSecondsMax = 21_600;

/** Invocations of type Event: tried again when they fail, then given to the function's destination or dead-letter queue. */
export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions;
  readonly #configs = new Map<string, InvokeConfigOptions>();
  readonly #work: TrackedWork;

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options;
    this.#work = new TrackedWork(options.timers);
  }

  configure(config: InvokeConfigOptions): void {
    this.#configs.set(functionNameOf(config.function), config);
  }

  removeConfig(nameOrArn: string): void {
    this.#configs.delete(functionNameOf(nameOrArn));
  }

  accept(invocation: AsyncInvocation): void {
    this.#work.track(this.#attempt({ invocation, count: 1, acceptedAt: this.#options.timers.now() }));
  }

  /** Cancels the retries, and waits for the attempts that run. */
  stop(): Promise<void> {
    return this.#work.stop();
  }

  async #attempt(attempt: Attempt): Promise<void> {
    const { invocation, count, acceptedAt } = attempt;
    const config = this.#configs.get(invocation.functionName);
    const result = await this.#options.invoke(invocation);
    const tooOldAt = acceptedAt + (config?.maximumEventAgeSeconds ?? eventAgeSecondsMax) * 1000;
    if (result === "throttled") return this.#waitForRoom(attempt, tooOldAt);
    const settled = { invocation, result, attemptCount: count };
    if (!result.functionError) return this.#send(settled, "Success", config?.onSuccessArn);
    if (count > (config?.maximumRetryAttempts ?? retryWaitsMs.length)) {
      return this.#giveUp(settled, "RetriesExhausted", config);
    }
    const waitMs = retryWaitsMs[count - 1] ?? throttledWaitMs;
    if (this.#options.timers.now() + waitMs > tooOldAt) return this.#giveUp(settled, "EventAgeExceeded", config);
    this.#work.later(waitMs, () => this.#attempt({ ...attempt, count: count + 1 }));
  }

  /** An attempt that was throttled does not count. */
  #waitForRoom(attempt: Attempt, tooOldAt: number): void {
    const { timers, onProblem } = this.#options;
    const { functionName, requestId } = attempt.invocation;
    if (timers.now() + throttledWaitMs < tooOldAt) this.#work.later(throttledWaitMs, () => this.#attempt(attempt));
    else onProblem(functionName, `gave up ${requestId}: throttled for too long`);
  }

  async #giveUp(
    settled: SettledInvocation,
    condition: SettledCondition,
    config: InvokeConfigOptions | undefined,
  ): Promise<void> {
    const { invocation, result } = settled;
    const { functionName, requestId, payload, deadLetterArn } = invocation;
    this.#options.onProblem(functionName, `gave up ${requestId} (${condition}): ${result.payload}`);
    await this.#send(settled, condition, config?.onFailureArn);
    if (!deadLetterArn) return;
    const { errorMessage = "" } = JSON.parse(result.payload) as { errorMessage?: string };
    await this.#deliver(functionName, {
      targetArn: deadLetterArn,
      body: payload,
      objectKey: requestId,
      attributes: { RequestID: requestId, ErrorCode: "200", ErrorMessage: errorMessage.slice(0, 1024) || "-" },
    });
  }

  async #send(settled: SettledInvocation, condition: SettledCondition, targetArn: string | undefined): Promise<void> {
    if (!targetArn) return;
    const at = new Date(this.#options.timers.now()).toISOString();
    const { functionName, requestId } = settled.invocation;
    const objectKey = `aws/lambda/async/${functionName}/${at.slice(0, 10).replaceAll("-", "/")}/${at}-${requestId}`;
    await this.#deliver(functionName, { targetArn, body: destinationRecord(settled, condition, at), objectKey });
  }

  async #deliver(functionName: string, parcel: Parameters<Deliver>[0]): Promise<void> {
    await this.#options.deliver(parcel).catch((error: unknown) => {
      this.#options.onProblem(functionName, `could not deliver to ${parcel.targetArn}: ${String(error)}`);
    });
  }
}
