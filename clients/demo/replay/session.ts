import type { Operation } from "../../../contract/routes.ts";
import { announcedBy } from "../listen/announced-by.ts";
import { type Answer, ApiClient, type ApiClientOptions, type CallOptions, type Window } from "../system/api-client.ts";
import { bucketOf, Histogram } from "./histogram.ts";
import type { Journal } from "./journal.ts";
import { Meetings } from "./meetings.ts";

/** The kinds of commands that a run sends, named as in its report. */
export type Command =
  | ("put" | "policy" | "receive" | "hold" | "confirm" | "fulfil" | "return" | "adjust")
  | ("read" | "search" | "listen");

/** An answer that the replay does not expect: a defect of the system or of the demo, never of the file. */
export class UnexpectedRefusal extends Error {
  override readonly name = "UnexpectedRefusal";
}

export interface SessionOptions extends ApiClientOptions {
  readonly runId: string;
  readonly seed: number;
  readonly journal: Journal;
}

/** The shared state of one run's workers: the client, the journal, and counts that are saved in the journal. */
export class Session {
  readonly runId: string;
  readonly seed: number;
  readonly journal: Journal;
  readonly #meetings = new Meetings();
  readonly #client: ApiClient;
  readonly #counts = new Map<string, number>();

  constructor(options: SessionOptions) {
    this.runId = options.runId;
    this.seed = options.seed;
    this.journal = options.journal;
    this.#client = new ApiClient({
      ...options,
      onRetry: (operation, why) => {
        this.#count(`retry/${why}`, 1);
        options.onRetry?.(operation, why);
      },
    });
  }

  /** Sends one command. Its levels count as in use until the answer arrives. */
  async send<O extends Operation>(
    command: Command,
    operation: O,
    options: CallOptions<O> & { levels?: readonly { sku: string; location: string }[] },
  ): Promise<Answer<O>> {
    const levels = (options.levels ?? []).map((level) => `${level.sku}/${level.location}`);
    if (this.#meetings.meets(levels)) this.#count("met", 1);
    const answer = await this.#meetings.during(levels, () => this.#client.call(operation, options));
    this.#count(`latency/${command}/${bucketOf(durationMs(answer.window))}`, 1);
    if (answer.kind === "done") this.#expectEvent(operation, answer);
    return answer;
  }

  /** Returns the counts since the last call, for the journal, and resets them. */
  takeCounts(): Map<string, number> {
    const counts = new Map(this.#counts);
    this.#counts.clear();
    return counts;
  }

  #expectEvent(operation: Operation, { value, window }: { value: unknown; window: Window }): void {
    const id = announcedBy(operation, value);
    if (id !== undefined) this.journal.events.addAnswered({ id, atMs: window.toMs });
  }

  #count(name: string, by: number): void {
    if (by !== 0) this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }
}

const durationMs = (window: Window): number => window.toMs - window.fromMs;

/** Reads the latencies by command over the whole run from the journal. */
export function readLatencies(journal: Journal): Map<string, Histogram> {
  const histograms = new Map<string, Histogram>();
  for (const [name, count] of journal.counters("latency/")) {
    const [command = "", bucket] = name.split("/");
    const histogram = histograms.get(command) ?? new Histogram();
    histogram.addBucket(Number(bucket), count);
    histograms.set(command, histogram);
  }
  return histograms;
}
