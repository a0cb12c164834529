import { createBackoff } from "../streams/pause.ts";
import type { StreamRecord } from "../streams/record-stream.ts";
import type { Timers } from "../timers.ts";
import { readBatchAnswer } from "./batch-answer.ts";
import type { Discarded } from "./discard.ts";
import type { EventSourceMappingOptions } from "./event-source-mapping-service.ts";
import type { InvokeBatch } from "./invoke-batch.ts";
import type { StreamSource } from "./stream-source.ts";

interface Part<Raw> {
  readonly records: readonly StreamRecord<Raw>[];
  /** Failed invocations so far, without those after which the part was divided. */
  readonly attemptCount: number;
}

interface Outcome {
  /** Records from the start of the part that need no other attempt. */
  readonly doneCount: number;
  readonly reason: string;
  readonly requestId: string;
}

type Progress = "continue" | "stopped";

export interface StreamBatchOptions<Raw> {
  readonly mapping: EventSourceMappingOptions;
  readonly source: StreamSource<Raw>;
  readonly timers: Timers;
  readonly invoke: InvokeBatch;
  readonly discard: (discarded: Discarded<Raw>, signal: AbortSignal) => Promise<"delivered" | "stopped">;
  /** Records up to and including this one are done. */
  readonly done: (sequenceNumber: string) => void;
  readonly log: (line: string) => void;
}

export interface ShardRecords<Raw> {
  readonly shardId: string;
  readonly records: readonly StreamRecord<Raw>[];
  readonly signal: AbortSignal;
}

/** One batch of a shard, worked on in order: invokes, narrows down to the records that failed, tries again, gives up. */
export class StreamBatch<Raw> {
  readonly #options: StreamBatchOptions<Raw>;
  readonly #shardId: string;
  readonly #signal: AbortSignal;
  readonly #backoff: ReturnType<typeof createBackoff>;
  /** Parts of the batch that are not done, in order. */
  readonly #parts: Part<Raw>[];

  constructor(options: StreamBatchOptions<Raw>, { shardId, records, signal }: ShardRecords<Raw>) {
    this.#options = options;
    this.#shardId = shardId;
    this.#signal = signal;
    this.#backoff = createBackoff(signal);
    this.#parts = [{ records, attemptCount: 0 }];
  }

  /** Resolves when no record of the batch is left, or when stopped. */
  async work(): Promise<void> {
    for (let part = this.#parts.shift(); part && !this.#signal.aborted; part = this.#parts.shift()) {
      if ((await this.#workOn(part)) === "stopped") return;
    }
  }

  async #workOn(part: Part<Raw>): Promise<Progress> {
    const { old, young } = splitByAge(part.records, this.#options);
    if (old.length > 0) {
      const reason = { condition: "RecordAgeExceeded", invokeCount: part.attemptCount } as const;
      if ((await this.#giveUp(old, reason)) === "stopped") return "stopped";
    }
    if (young.length === 0) return "continue";
    const outcome = await this.#invoke(young);
    if (outcome === "stopped") return "stopped";
    this.#markDone(young.slice(0, outcome.doneCount));
    const failed = young.slice(outcome.doneCount);
    if (failed.length === 0) {
      this.#backoff.reset();
      return "continue";
    }
    this.#options.log(`${failed.length} of ${young.length} records of ${this.#shardId} failed: ${outcome.reason}`);
    return this.#retry({ ...part, records: failed }, outcome);
  }

  async #retry(failed: Part<Raw>, { doneCount, requestId }: Outcome): Promise<Progress> {
    const { bisectBatchOnFunctionError, maximumRetryAttempts = -1 } = this.#options.mapping;
    const { records } = failed;
    const hasProgressed = doneCount > 0;
    if (bisectBatchOnFunctionError && records.length > 1) {
      this.#parts.unshift(...(hasProgressed ? [{ records, attemptCount: 0 }] : halves(failed)));
      return "continue";
    }
    const attemptCount = (hasProgressed ? 0 : failed.attemptCount) + 1;
    if (maximumRetryAttempts >= 0 && attemptCount > maximumRetryAttempts) {
      return this.#giveUp(records, { condition: "RetryAttemptsExhausted", invokeCount: attemptCount, requestId });
    }
    this.#parts.unshift({ records, attemptCount });
    await this.#backoff.wait();
    return "continue";
  }

  async #giveUp(
    records: readonly StreamRecord<Raw>[],
    reason: Pick<Discarded<Raw>, "condition" | "invokeCount" | "requestId">,
  ): Promise<Progress> {
    const delivery = await this.#options.discard({ records, shardId: this.#shardId, ...reason }, this.#signal);
    if (delivery === "stopped") return "stopped";
    this.#markDone(records);
    return "continue";
  }

  #markDone(records: readonly StreamRecord<Raw>[]): void {
    const last = records.at(-1);
    if (last) this.#options.done(last.sequenceNumber);
  }

  async #invoke(records: readonly StreamRecord<Raw>[]): Promise<Outcome | "stopped"> {
    const { source, invoke, mapping } = this.#options;
    const events = records.map((record) => source.toEvent(record, this.#shardId));
    const result = await invoke(events, this.#signal);
    if (result === "stopped") return "stopped";
    const answer = readBatchAnswer({
      result,
      identifiers: records.map(({ sequenceNumber }) => sequenceNumber),
      reportsItemFailures: mapping.functionResponseTypes?.includes("ReportBatchItemFailures") ?? false,
    });
    const { requestId } = result;
    switch (answer.type) {
      case "all-done":
        return { doneCount: records.length, reason: "", requestId };
      case "all-failed":
        return { doneCount: 0, reason: answer.reason, requestId };
      case "some-failed":
        // A stream is a sequence: records after the first failure are tried again too.
        return { doneCount: Math.min(...answer.indexes), reason: "reported by the function", requestId };
    }
  }
}

/** An invocation after which a part is divided is not counted as an attempt. */
function halves<Raw>({ records, attemptCount }: Part<Raw>): Part<Raw>[] {
  const middle = Math.ceil(records.length / 2);
  return [records.slice(0, middle), records.slice(middle)].map((half) => ({ records: half, attemptCount }));
}

/** Records of a shard are in the order of their age, so the old ones come first. */
function splitByAge<Raw>(records: readonly StreamRecord<Raw>[], { mapping, timers }: StreamBatchOptions<Raw>) {
  const ageSecondsMax = mapping.maximumRecordAgeSeconds ?? -1;
  if (ageSecondsMax < 0) return { old: [], young: records };
  const oldest = timers.now() - ageSecondsMax * 1000;
  const youngIndex = records.findIndex(({ arrivedAt }) => arrivedAt >= oldest);
  const count = youngIndex < 0 ? records.length : youngIndex;
  return { old: records.slice(0, count), young: records.slice(count) };
}
