import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import {
  type Attributes,
  fencePut,
  type Idempotency,
  type RecordRead,
  RequestRecord,
  requestKey,
} from "../inventory/index.ts";
import type { StorePorts } from "./ports.ts";
import { retryCount, tableFailure } from "./table-error.ts";
import type { TableReader } from "./table-reader.ts";
import type { Deadline } from "./timing.ts";

/** Parses a request record. An expired one counts as absent, because DynamoDB removes it only some time later. */
export function liveRecord(item: Attributes | undefined, nowMs: number): RequestRecord | undefined {
  if (!item) return undefined;
  const record = RequestRecord.parse(item);
  return record.ttl * 1_000 > nowMs ? record : undefined;
}

export async function readRequestRecord(
  ports: StorePorts,
  reader: TableReader,
  idempotency: Idempotency,
): Promise<RequestRecord | undefined> {
  const item = await reader.get(ports.tables.requests, requestKey(idempotency), { consistent: true });
  return liveRecord(item, ports.clock());
}

interface Fencing {
  readonly idempotency: Idempotency;
  readonly recordRead: RecordRead;
  readonly deadline: Deadline;
}

/**
 * Writes a fence, so that an attempt with an unknown outcome cannot commit late: the fence occupies the key that the
 * attempt's request record needs. If a record was there already, which also blocks the attempt, returns that record: an
 * answer, or the fence of another request.
 */
export async function fence(
  ports: StorePorts,
  { idempotency, recordRead, deadline }: Fencing,
): Promise<RequestRecord | undefined> {
  const attempt = ports.ids();
  for (let triedCount = 0; ; triedCount++) {
    const nowMs = ports.clock();
    const put = fencePut({ table: ports.tables.requests, idempotency, recordRead, nowMs }, attempt);
    try {
      await deadline.timed((abortSignal) => ports.dynamoDb.send(new PutCommand(put), { abortSignal }));
      return undefined;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException)
        return liveRecord(error.Item && unmarshall(error.Item), nowMs);
      ports.meter?.count(retryCount(tableFailure(error)));
      await deadline.backOff(triedCount);
    }
  }
}
