import { announcements } from "../../../contract/announcements.ts";
import { eventId } from "../../../contract/event.ts";
import type { Operation } from "../../../contract/routes.ts";

/**
 * The id of the event that an answered command must have announced, besides those of levels.
 * `value` is the answer: what the command made or changed. Undefined when nothing is announced.
 */
export function announcedBy(operation: Operation, value: unknown): string | undefined {
  const announced = announcements[operation] ?? [];
  const type = "nothing" in announced ? undefined : announced[0];
  if (type === undefined || type.startsWith("Stock")) return undefined;
  // Every such answer is the item, location or reservation as it is after the change.
  const { sku, id, version } = value as { sku?: string; id?: string; version: number };
  const noun = type === "ItemChanged" ? "item" : type === "LocationChanged" ? "location" : "reservation";
  return eventId(type, `${noun}/${sku ?? id}`, version);
}
