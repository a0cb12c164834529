import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { z } from "zod";

/** Each attribute is `{<type tag>: value}`. Only unmarshall checks them, because consumers do not need every image. */
export type MarshalledItem = Readonly<Record<string, AttributeValue>>;
const MarshalledItem = z.custom<MarshalledItem>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "is not an item",
);

/** The fields of a change that both streams contain. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds.html */
const ChangeBody = z.object({
  eventName: z.enum(["INSERT", "MODIFY", "REMOVE"]),
  userIdentity: z.object({ principalId: z.string() }).nullish(),
  dynamodb: z.object({ NewImage: MarshalledItem.optional(), OldImage: MarshalledItem.optional() }),
});

/** A change of one item of the inventory table. */
export interface TableChange {
  readonly isRemoval: boolean;
  readonly newImage: MarshalledItem | undefined;
  readonly oldImage: MarshalledItem | undefined;
  /** The AWS service that made the change; undefined for a client. */
  readonly principal: string | undefined;
  /** When the stream received the change, in epoch seconds. */
  readonly takenAtSeconds: number;
}

/** @throws when the body is not a change */
export function toTableChange(body: unknown, takenAtSeconds: number): TableChange {
  const { eventName, userIdentity, dynamodb } = ChangeBody.parse(body);
  return {
    isRemoval: eventName === "REMOVE",
    newImage: dynamodb.NewImage,
    oldImage: dynamodb.OldImage,
    principal: userIdentity?.principalId,
    takenAtSeconds,
  };
}
