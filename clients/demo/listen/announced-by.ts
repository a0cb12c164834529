import { eventId, events } from "../../../contract/event.ts";
import type { Route } from "../../../contract/route.ts";
import { type Operation, routes } from "../../../contract/routes.ts";

/**
 * Returns the id of the event that an answered command must announce, without events of levels.
 * `value` is the answer: the object that the command created or changed. Undefined when no event is announced.
 */
export function announcedBy(operation: Operation, value: unknown): string | undefined {
  const { announces }: Route = routes[operation];
  if (announces === undefined || "nothing" in announces) return undefined;
  const [type] = announces;
  const { about } = events[type];
  if (about === "level") return undefined;
  // Each of these answers is the item, location or reservation after the change.
  const { sku, id, version } = value as { sku?: string; id?: string; version: number };
  return eventId(type, `${about}/${sku ?? id}`, version);
}
