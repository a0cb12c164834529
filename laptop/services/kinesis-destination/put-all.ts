import { z } from "zod";
import { createBackoff } from "../streams/pause.ts";
import { callJson } from "../wire.ts";
import type { PutEntry } from "./change-record.ts";

const Answer = z.object({
  FailedRecordCount: z.number().default(0),
  Records: z.array(z.object({ ErrorCode: z.string().nullish(), ErrorMessage: z.string().nullish() })),
});
/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const recordsMax = 500;
const requestBytesMax = 5 * 1024 * 1024;

export interface PutAllOptions {
  readonly endpoint: string;
  readonly streamName: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Puts refused records again. Resolves with true once the stream has every record; with false when stopped before. */
export async function putAll(entries: readonly PutEntry[], options: PutAllOptions): Promise<boolean> {
  const backoff = createBackoff(options.signal);
  let left = entries;
  while (left.length > 0) {
    if (options.signal.aborted) return false;
    const chunk = firstChunk(left);
    try {
      const refused = await putChunk(chunk, options);
      left = [...refused, ...left.slice(chunk.length)];
      if (refused.length === 0) {
        backoff.reset();
        continue;
      }
      options.log(`${options.streamName} refused ${refused.length} of ${chunk.length} records`);
    } catch (error) {
      options.log(`cannot put records to ${options.streamName}: ${String(error)}`);
    }
    await backoff.wait();
  }
  return true;
}

async function putChunk(chunk: readonly PutEntry[], options: PutAllOptions): Promise<readonly PutEntry[]> {
  const answer = await callJson({
    endpoint: options.endpoint,
    target: "Kinesis_20131202.PutRecords",
    input: { StreamName: options.streamName, Records: chunk },
    output: Answer,
  });
  if (answer.FailedRecordCount === 0) return [];
  return chunk.filter((_, index) => answer.Records[index]?.ErrorCode);
}

function firstChunk(entries: readonly PutEntry[]): readonly PutEntry[] {
  let bytes = 0;
  const end = entries.slice(0, recordsMax).findIndex(({ Data, PartitionKey }) => {
    bytes += Data.length + PartitionKey.length;
    return bytes > requestBytesMax;
  });
  return entries.slice(0, end < 0 ? recordsMax : Math.max(end, 1));
}
