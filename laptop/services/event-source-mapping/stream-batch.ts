import { createBackoff } from "../streams/pause.ts";
import type { StreamRecord } from "../streams/record-stream.ts";
import type { Timers } from "../timers.ts";
import { readBatchAnswer } from "./batch-answer.ts";
import type { Discarded } from "./discard.ts";
import type { EventSourceMappingOptions } from "./event-source-mapping-service.ts";
import type { InvokeBatch } from "./invoke-batch.ts";
import type { StreamSource } from "./stream-source.ts";

interface Batch<Raw> {
  readonly records: readonly StreamRecord<Raw>[];
  /** Failed invocations so far that were no reason to split. */
  readonly attemptCount: number;
}

export interface StreamBatchOptions<Raw> {
  readonly mapping: EventSourceMappingOptions;
  readonly source: StreamSource<Raw>;
  readonly timers: Timers;
  readonly invoke: InvokeBatch;
  readonly discard: (discarded: Discarded<Raw>, signal: AbortSignal) => Promise<"delivered" | "stopped">;
  /** Records up to and including this one are done. */
  readonly done: (shardId: string, sequenceNumber: string) => void;
  readonly log: (line: string) => void;
}

/**
 * Works off one batch of a shard in order: invokes, narrows down to what failed, tries again, gives up.
 * Resolves when nothing of it is left, or when stopped.
 */
export async function workOffBatch<Raw>(
  options: StreamBatchOptions<Raw>,
  given: { shardId: string; records: readonly StreamRecord<Raw>[]; signal: AbortSignal },
): Promise<void> {
  const { shardId, signal } = given;
  const backoff = createBackoff(signal);
  const left: Batch<Raw>[] = [{ records: given.records, attemptCount: 0 }];
  const finish = (records: readonly StreamRecord<Raw>[]) => {
    const last = records.at(-1);
    if (last) options.done(shardId, last.sequenceNumber);
  };

  for (let batch = left.shift(); batch && !signal.aborted; batch = left.shift()) {
    const { old, young } = splitByAge(batch.records, options);
    if (old.length > 0) {
      const condition = "RecordAgeExceeded";
      const delivery = await options.discard(
        { records: old, shardId, condition, invokeCount: batch.attemptCount },
        signal,
      );
      if (delivery === "stopped") return;
      finish(old);
    }
    if (young.length === 0) continue;
    const outcome = await invokeOnce(options, shardId, young, signal);
    if (outcome === "stopped") return;
    finish(young.slice(0, outcome.doneCount));
    const records = young.slice(outcome.doneCount);
    if (records.length === 0) {
      backoff.reset();
      continue;
    }
    options.log(`${records.length} of ${young.length} records of ${shardId} failed: ${outcome.reason}`);
    const progressed = outcome.doneCount > 0;
    if (options.mapping.bisectBatchOnFunctionError && records.length > 1) {
      left.unshift(...(progressed ? [{ records, attemptCount: 0 }] : halves({ ...batch, records })));
      continue;
    }
    const attemptCount = (progressed ? 0 : batch.attemptCount) + 1;
    const retryCountMax = options.mapping.maximumRetryAttempts ?? -1;
    if (retryCountMax >= 0 && attemptCount > retryCountMax) {
      const { requestId } = outcome;
      const condition = "RetryAttemptsExhausted";
      const delivery = await options.discard(
        { records, shardId, condition, invokeCount: attemptCount, requestId },
        signal,
      );
      if (delivery === "stopped") return;
      finish(records);
      continue;
    }
    left.unshift({ records, attemptCount });
    await backoff.wait();
  }
}

interface Outcome {
  /** Records from the start of the batch that need no other attempt. */
  readonly doneCount: number;
  readonly reason: string;
  readonly requestId: string;
}

async function invokeOnce<Raw>(
  options: StreamBatchOptions<Raw>,
  shardId: string,
  records: readonly StreamRecord<Raw>[],
  signal: AbortSignal,
): Promise<Outcome | "stopped"> {
  const events = records.map((record) => options.source.toEvent(record, shardId));
  const result = await options.invoke(events, signal);
  if (result === "stopped") return "stopped";
  const answer = readBatchAnswer({
    result,
    identifiers: records.map(({ sequenceNumber }) => sequenceNumber),
    reportsItemFailures: options.mapping.functionResponseTypes?.includes("ReportBatchItemFailures") ?? false,
  });
  const { requestId } = result;
  switch (answer.type) {
    case "all-done":
      return { doneCount: records.length, reason: "", requestId };
    case "all-failed":
      return { doneCount: 0, reason: answer.reason, requestId };
    case "some-failed":
      // A stream is a sequence: what follows the first failure is taken again.
      return { doneCount: Math.min(...answer.indexes), reason: "reported by the function", requestId };
  }
}

/** Splitting uses up no attempt. */
function halves<Raw>({ records, attemptCount }: Batch<Raw>): Batch<Raw>[] {
  const middle = Math.ceil(records.length / 2);
  return [records.slice(0, middle), records.slice(middle)].map((half) => ({ records: half, attemptCount }));
}

/** Records of a shard come in the order of their age, so that the old ones are in front. */
function splitByAge<Raw>(records: readonly StreamRecord<Raw>[], { mapping, timers }: StreamBatchOptions<Raw>) {
  const ageSecondsMax = mapping.maximumRecordAgeSeconds ?? -1;
  if (ageSecondsMax < 0) return { old: [], young: records };
  const oldest = timers.now() - ageSecondsMax * 1000;
  const youngIndex = records.findIndex(({ arrivedAt }) => arrivedAt >= oldest);
  const count = youngIndex < 0 ? records.length : youngIndex;
  return { old: records.slice(0, count), young: records.slice(count) };
}
