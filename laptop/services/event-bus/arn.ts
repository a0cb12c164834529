import type { ServiceContext } from "../context.ts";

/** The ARN of something in EventBridge, such as `event-bus/orders`. */
export const eventsArn = ({ region, accountId }: Pick<ServiceContext, "region" | "accountId">, resource: string) =>
  `arn:aws:events:${region}:${accountId}:${resource}`;

/** A bus may be named by its name or by its ARN. */
export const busNameOf = (nameOrArn: string): string => nameOrArn.split("/").at(-1) ?? nameOrArn;
