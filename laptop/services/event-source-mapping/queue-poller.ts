import type { Json } from "../event-pattern.ts";
import { createBackoff } from "../streams/pause.ts";
import type { Timers } from "../timers.ts";
import { readBatchAnswer } from "./batch-answer.ts";
import type { EventSourceMappingOptions } from "./event-source-mapping-service.ts";
import { compileFilter } from "./filter.ts";
import type { InvokeBatch } from "./invoke-batch.ts";
import { findQueue, type QueueClient, type QueueMessage, receiveCountMax } from "./queue-client.ts";
import { toFilteredEvent, toQueueEvent } from "./queue-event.ts";

export interface QueuePollerOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly mapping: EventSourceMappingOptions;
  readonly timers: Timers;
  readonly invoke: InvokeBatch;
  readonly log: (line: string) => void;
}

interface ReceivedMessage {
  readonly message: QueueMessage;
  readonly event: Json;
}

/**
 * Short, because a poll is never cancelled: the engine would give the next message to the caller that has gone, and the
 * message would come again only after its visibility timeout.
 */
const longPollSeconds = 1;
const defaultBatchSize = 10;
/** Lambda starts with five batches at the same time. A mapping can set more. */
const defaultConcurrency = 5;

/** @throws when there is no such queue */
export async function startQueuePoller(options: QueuePollerOptions): Promise<QueuePoller> {
  const { endpoint, mapping } = options;
  return new QueuePoller(options, await findQueue({ endpoint, queueArn: mapping.eventSourceArn }));
}

/**
 * Feeds a function from a queue. Messages that the function does not report as failed are deleted; the others come
 * again after their visibility timeout.
 */
export class QueuePoller {
  readonly #options: QueuePollerOptions;
  readonly #queue: QueueClient;
  readonly #controller = new AbortController();
  readonly #passesFilter: (event: Json) => boolean;
  readonly #batchSize: number;
  /** Batches that a function works on. */
  readonly #running = new Set<Promise<void>>();
  readonly #polling: Promise<void>;

  constructor(options: QueuePollerOptions, queue: QueueClient) {
    const { filterPatterns, batchSize = defaultBatchSize } = options.mapping;
    this.#options = options;
    this.#queue = queue;
    this.#passesFilter = compileFilter(filterPatterns);
    this.#batchSize = batchSize;
    this.#polling = this.#poll();
  }

  /** Ends polling after the running batches. */
  async stop(): Promise<void> {
    this.#controller.abort();
    await this.#polling;
  }

  get #isStopped(): boolean {
    return this.#controller.signal.aborted;
  }

  async #poll(): Promise<void> {
    const backoff = createBackoff(this.#controller.signal);
    while (!this.#isStopped) {
      try {
        const messages = await this.#gather();
        backoff.reset();
        if (messages.length > 0) await this.#start(messages);
      } catch (error) {
        if (this.#isStopped) break;
        this.#options.log(`polling failed: ${String(error)}`);
        await backoff.wait();
      }
    }
    await Promise.all(this.#running);
  }

  /** Begins to work on a batch; waits while as many batches run as the mapping allows. */
  async #start(messages: readonly QueueMessage[]): Promise<void> {
    if (this.#isStopped) return this.#queue.release(messages);
    const { mapping, log } = this.#options;
    const work = this.#work(messages).catch((error: unknown) => log(`batch failed: ${String(error)}`));
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
    if (this.#running.size >= (mapping.maximumConcurrency ?? defaultConcurrency)) await Promise.race(this.#running);
  }

  /** The first messages that come, and those that follow within the batching window while the batch has room. */
  async #gather(): Promise<QueueMessage[]> {
    const { timers, mapping } = this.#options;
    const windowMs = (mapping.maximumBatchingWindowSeconds ?? 0) * 1000;
    const messages = await this.#queue.receive(this.#batchSize, longPollSeconds);
    const until = timers.now() + windowMs;
    let mayBeMore = messages.length === receiveCountMax || (messages.length > 0 && windowMs > 0);
    while (mayBeMore && messages.length < this.#batchSize && !this.#isStopped) {
      const leftMs = Math.max(until - timers.now(), 0);
      const waitSeconds = Math.min(longPollSeconds, Math.ceil(leftMs / 1000));
      const more = await this.#queue.receive(this.#batchSize - messages.length, waitSeconds);
      messages.push(...more);
      mayBeMore = more.length === receiveCountMax || until > timers.now();
    }
    return messages;
  }

  async #work(messages: readonly QueueMessage[]): Promise<void> {
    const { mapping, region } = this.#options;
    const queue = { arn: mapping.eventSourceArn, region };
    const received = messages.map((message) => ({ message, event: toQueueEvent(message, queue) }));
    const passes = received.map(({ event }) => this.#passesFilter(toFilteredEvent(event)));
    // Lambda deletes messages that its filter rejects.
    await this.#queue.delete(messages.filter((_, index) => !passes[index]));
    const wanted = received.filter((_, index) => passes[index]);
    if (wanted.length > 0) await this.#invoke(wanted);
  }

  async #invoke(batch: readonly ReceivedMessage[]): Promise<void> {
    const { invoke, mapping, log } = this.#options;
    const messages = batch.map(({ message }) => message);
    const result = await invoke(
      batch.map(({ event }) => event),
      this.#controller.signal,
    );
    if (result === "stopped") return this.#queue.release(messages);
    const answer = readBatchAnswer({
      result,
      identifiers: messages.map(({ MessageId }) => MessageId),
      reportsItemFailures: mapping.functionResponseTypes?.includes("ReportBatchItemFailures") ?? false,
    });
    if (answer.type === "all-failed") return log(`${batch.length} messages failed: ${answer.reason}`);
    const failed = answer.type === "some-failed" ? answer.indexes : [];
    if (failed.length > 0) log(`${failed.length} of ${batch.length} messages failed`);
    await this.#queue.delete(messages.filter((_, index) => !failed.includes(index)));
  }
}
