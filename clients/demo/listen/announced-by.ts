import { eventId, events } from "../../../contract/event.ts";
import type { Route } from "../../../contract/route.ts";
import { type Operation, routes } from "../../../contract/routes.ts";

/**
 * The id of the event that an answered command must have announced, besides those of levels.
 * `value` is the answer: what the command made or changed. Undefined when nothing is announced.
 */
export function announcedBy(operation: Operation, value: unknown): string | undefined {
  const { announces }: Route = routes[operation];
  if (announces === undefined || "nothing" in announces) return undefined;
  const [type] = announces;
  const { about } = events[type];
  if (about === "level") return undefined;
  // Every such answer is the item, location or reservation as it is after the change.
  const { sku, id, version } = value as { sku?: string; id?: string; version: number };
  return eventId(type, `${about}/${sku ?? id}`, version);
}
