import { z } from "zod";
import { Item, Location } from "../../contract/catalogue.ts";
import { Instant } from "../../contract/identifiers.ts";

/** The attributes of an item or a location in the table that clients do not set. */
export const CatalogueBookkeeping = z.object({
  /** Clients see `archiving` as active, but commands that need an active entry are refused. */
  status: z.enum(["active", "archiving", "archived"]),
  /** The running attempt to archive. */
  archiving: z.object({ attempt: z.string(), markedAtMs: z.int() }).optional(),
  createdAt: Instant,
  updatedAt: Instant,
  version: z.int().min(1),
  /** Goes up by 1 with every write, also with one that clients do not see. Every write is conditioned on it. */
  revision: z.int().min(1),
  /**
   * The request that made the last change. A request whose outcome is unknown finds its own id here if it committed.
   */
  requestId: z.string(),
  /** Who sent the last change that raised `version`. */
  actor: z.string().optional(),
});
type CatalogueStatus = z.output<typeof CatalogueBookkeeping>["status"];

export const ItemRecord = z.object({ ...Item.shape, ...CatalogueBookkeeping.shape, type: z.literal("item") });
export type ItemRecord = z.output<typeof ItemRecord>;

export const LocationRecord = z.object({
  ...Location.shape,
  ...CatalogueBookkeeping.shape,
  type: z.literal("location"),
});
export type LocationRecord = z.output<typeof LocationRecord>;

/** Returns the status that clients see. */
export const publicStatus = (status: CatalogueStatus): Item["status"] =>
  status === "archived" ? "archived" : "active";
