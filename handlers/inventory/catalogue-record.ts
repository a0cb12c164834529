import { z } from "zod";
import { Item, Location } from "../../contract/catalogue.ts";
import { Instant } from "../../contract/identifiers.ts";

/** What the table holds of an item or a location beside the fields that clients set. */
export const CatalogueBookkeeping = z.object({
  /** `archiving` is shown as active, but commands are refused. */
  status: z.enum(["active", "archiving", "archived"]),
  /** The attempt to archive that is running. */
  archiving: z.object({ attempt: z.string(), markedAtMs: z.int() }).optional(),
  createdAt: Instant,
  updatedAt: Instant,
  version: z.int().min(1),
  /** +1 with every write, also with one that changes nothing a client sees; every write is conditioned on it. */
  revision: z.int().min(1),
  /** The request that wrote last: a request whose outcome is unknown looks for its own id here. */
  requestId: z.string(),
  /** Who asked for the last change of `version`. */
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

/** The status that clients see. */
export const publicStatus = (status: CatalogueStatus): Item["status"] =>
  status === "archived" ? "archived" : "active";
