import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { z } from "zod";
import type { Level } from "../../../contract/level.ts";
import { LevelRecord, placeKey, toLevel } from "../../inventory/index.ts";

/** A batch of the change stream as Lambda hands it on. */
export const StreamEvent = z.looseObject({
  Records: z.array(z.looseObject({ eventID: z.string(), kinesis: z.looseObject({ data: z.string() }) })),
});
type StreamRecord = z.output<typeof StreamEvent>["Records"][number];

const Change = z.object({
  eventName: z.enum(["INSERT", "MODIFY", "REMOVE"]),
  dynamodb: z.object({ NewImage: z.looseObject({ type: z.object({ S: z.string() }).optional() }).optional() }),
});

export interface NewestLevels {
  /** One a level: the newest of the batch, whatever order its changes came in and however often. */
  readonly levels: readonly Level[];
  /** Event ids of records that cannot be read; SQL's feed keeps such records whole. */
  readonly unreadable: readonly string[];
  /** Of the requests that made the changes, those of steps on the way too. */
  readonly correlationIds: ReadonlySet<string>;
  /** When each change was made. */
  readonly changedAt: readonly string[];
}

/** Conflates a batch: who listens wants to know where a level is, not every step on the way. */
export function newestLevels(records: readonly StreamRecord[]): NewestLevels {
  const newest = new Map<string, Level>();
  const unreadable: string[] = [];
  const correlationIds = new Set<string>();
  const changedAt: string[] = [];
  for (const record of records) {
    try {
      const level = changedLevel(record);
      if (!level) continue;
      correlationIds.add(level.movement.requestId);
      changedAt.push(level.updatedAt);
      if (level.version > (newest.get(placeKey(level))?.version ?? 0))
        newest.set(placeKey(level), toLevel(level, level));
    } catch {
      unreadable.push(record.eventID);
    }
  }
  return { levels: [...newest.values()], unreadable, correlationIds, changedAt };
}

/** Undefined when the change is of something else, or a removal. */
function changedLevel(record: StreamRecord): LevelRecord | undefined {
  const { dynamodb } = Change.parse(JSON.parse(Buffer.from(record.kinesis.data, "base64").toString("utf8")));
  const image = dynamodb.NewImage;
  if (image?.type?.S !== "level") return undefined;
  // Each attribute is `{<type tag>: value}`: which tags there are, unmarshall knows and refuses others.
  return LevelRecord.parse(unmarshall(image as unknown as Record<string, AttributeValue>));
}
