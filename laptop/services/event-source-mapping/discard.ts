import { randomUUID } from "node:crypto";
import { parseArn } from "../arn.ts";
import type { Deliver } from "../delivery.ts";
import type { Json } from "../event-pattern.ts";
import { createBackoff } from "../streams/pause.ts";
import type { StreamRecord } from "../streams/record-stream.ts";
import type { Timers } from "../timers.ts";
import type { StreamSource } from "./stream-source.ts";

export interface Discarded<Raw> {
  readonly records: readonly StreamRecord<Raw>[];
  readonly shardId: string;
  readonly condition: "RetryAttemptsExhausted" | "RecordAgeExceeded";
  readonly invokeCount: number;
  /** The id of the last invocation, if there was one. */
  readonly requestId?: string;
}

/**
 * Sends records that a mapping gives up to its on-failure destination: a bucket gets the whole records, a queue or topic
 * only their place in the stream.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export function createDiscard<Raw>(options: {
  readonly source: StreamSource<Raw>;
  readonly uuid: string;
  readonly functionArn: string;
  readonly onFailureArn: string | undefined;
  readonly deliver: Deliver;
  readonly timers: Timers;
  readonly log: (line: string) => void;
}) {
  const { source, onFailureArn } = options;
  return async (discarded: Discarded<Raw>, signal: AbortSignal): Promise<"delivered" | "stopped"> => {
    const { records, shardId, condition } = discarded;
    const [first, last] = [records[0]?.sequenceNumber, records.at(-1)?.sequenceNumber];
    options.log(`gave up ${records.length} records of ${shardId} (${condition}), ${first} to ${last}`);
    if (!onFailureArn) return "delivered";
    const at = new Date(options.timers.now()).toISOString();
    const body = JSON.stringify({
      ...description(discarded, options, at),
      ...(parseArn(onFailureArn).service === "s3" ? { payload: wholeEvent(source, discarded) } : {}),
    });
    const objectKey = `aws/lambda/${options.uuid}/${shardId}/${at.slice(0, 10).replaceAll("-", "/")}/${at.slice(0, 19).replaceAll(":", ".")}-${randomUUID()}`;
    const backoff = createBackoff(signal);
    // The mapping must not go on before the destination has the records.
    while (!signal.aborted) {
      try {
        await options.deliver({ targetArn: onFailureArn, body, objectKey });
        return "delivered";
      } catch (error) {
        options.log(`cannot deliver to ${onFailureArn}: ${String(error)}`);
        await backoff.wait();
      }
    }
    return "stopped";
  };
}

function description<Raw>(
  { records, shardId, condition, invokeCount, requestId }: Discarded<Raw>,
  { source, functionArn }: { source: StreamSource<Raw>; functionArn: string },
  timestamp: string,
): Record<string, Json> {
  const arrivalOf = (record: StreamRecord<Raw> | undefined) => new Date(record?.arrivedAt ?? 0).toISOString();
  const invoked = { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" };
  return {
    requestContext: {
      requestId: requestId ?? randomUUID(),
      functionArn,
      condition,
      approximateInvokeCount: invokeCount,
    },
    responseContext: invokeCount > 0 ? invoked : null,
    version: "1.0",
    timestamp,
    [source.batchInfoName]: {
      shardId,
      startSequenceNumber: records[0]?.sequenceNumber ?? "",
      endSequenceNumber: records.at(-1)?.sequenceNumber ?? "",
      [`${source.arrivalName}OfFirstRecord`]: arrivalOf(records[0]),
      [`${source.arrivalName}OfLastRecord`]: arrivalOf(records.at(-1)),
      batchSize: records.length,
      streamArn: source.stream.arn,
    },
  };
}

/** The event as the function got it, as JSON text. */
function wholeEvent<Raw>(source: StreamSource<Raw>, { records, shardId }: Discarded<Raw>): string {
  return JSON.stringify({ Records: records.map((record) => source.toEvent(record, shardId)) });
}
