import { z } from "zod";
import { CatalogueStatus } from "../catalogue.ts";
import { LocationId, Sku } from "../identifiers.ts";
import { listQuery } from "../list.ts";

/** The item that a path names. */
export const itemPath = z.strictObject({ sku: Sku });
/** The level that a path names. */
export const levelPath = z.strictObject({ sku: Sku, location: LocationId });

/** `strong` reads the table itself; `default` may read a copy that is some seconds old. @default "default" */
export const Consistency = z.enum(["default", "strong"]).default("default");

/** Query of a read of one item or location. */
export const catalogueRead = z.strictObject({ consistency: Consistency });
/** Query of a list of items or locations. */
export const catalogueList = z.strictObject({
  ...listQuery,
  status: CatalogueStatus.optional(),
  consistency: Consistency,
});
