import type { EventOf } from "../../contract/event.ts";

export interface Mail {
  /** The same each time its event is delivered. */
  readonly id: string;
  /** The id of the request that made the level run low. */
  readonly correlationId: string;
  readonly subject: string;
  readonly text: string;
}

/** Returns the mail that tells people that a level ran low. */
export function lowStockMail({ detail }: EventOf<"StockRanLow">): Mail {
  const { after, id, correlationId, occurredAt } = detail;
  const { threshold = 0, clear = 0 } = after.lowStock ?? {};
  return {
    id,
    correlationId,
    subject: `Low stock: ${after.sku} at ${after.location}, ${after.available} available`,
    text: [
      `${after.sku} at ${after.location} came down to ${after.available} available (threshold ${threshold}).`,
      "",
      `On hand ${after.onHand}, reserved ${after.reserved}, incoming ${after.incoming}, damaged ${after.damaged},`,
      `on quality hold ${after.qualityHold}, safety stock ${after.safety}.`,
      `Changed by ${after.movement.kind} (${detail.actor}) at ${occurredAt}, version ${detail.version}.`,
      "",
      `No further mail comes about it until ${clear} or more are available again.`,
    ].join("\n"),
  };
}
