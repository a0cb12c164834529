import { z } from "zod";
import { LocationId } from "../identifiers.ts";
import { Availability, ItemAvailability, ItemStock, Level, LevelRead, Policy, PolicyRead } from "../level.ts";
import { listQuery, page } from "../list.ts";
import { type Route, withScope } from "../route.ts";
import { Consistency, itemPath, levelPath } from "./parameters.ts";

const stockRead = z.strictObject({ consistency: Consistency });
const levelRead = z.strictObject({ consistency: Consistency, minVersion: z.coerce.number().int().min(0).optional() });

/** Stock levels and their policies. The ledger of a level is in reports.ts. */
export const stockRoutes = {
  getItemStock: {
    method: "GET",
    path: "/stock/{sku}",
    summary: "Read an item's levels at all locations, with totals",
    function: "stock",
    kind: "read",
    rateLimit: "read",
    access: withScope("stock:availability"),
    parameters: itemPath,
    query: stockRead,
    etag: true,
    answers: { 200: { description: "Levels, or availability alone", schema: z.union([ItemStock, ItemAvailability]) } },
    problems: ["item_not_found"],
  },
  getLevel: {
    method: "GET",
    path: "/stock/{sku}/{location}",
    summary: "Read one level",
    function: "stock",
    kind: "read",
    rateLimit: "read",
    access: withScope("stock:availability"),
    parameters: levelPath,
    query: levelRead,
    etag: true,
    answers: { 200: { description: "The level, or availability alone", schema: z.union([LevelRead, Availability]) } },
    problems: ["item_not_found", "location_not_found"],
  },
  listLevels: {
    method: "GET",
    path: "/stock",
    summary: "List the levels of a location",
    function: "stock",
    kind: "read",
    rateLimit: "read",
    access: withScope("stock:read"),
    query: z.strictObject({ ...listQuery, location: LocationId }),
    answers: { 200: { description: "A page of levels", schema: page(Level) } },
    problems: ["location_not_found"],
  },
  getPolicy: {
    method: "GET",
    path: "/stock/{sku}/{location}/policy",
    summary: "Read safety stock, backorder limit and low-stock thresholds of a level",
    function: "stock",
    kind: "read",
    rateLimit: "read",
    access: withScope("stock:read"),
    parameters: levelPath,
    etag: true,
    answers: { 200: { description: "The policy", schema: PolicyRead } },
    problems: ["item_not_found", "location_not_found"],
  },
  putPolicy: {
    method: "PUT",
    path: "/stock/{sku}/{location}/policy",
    summary: "Set safety stock, backorder limit and low-stock thresholds of a level",
    function: "stock",
    kind: "command",
    rateLimit: "command",
    access: withScope("stock:write"),
    parameters: levelPath,
    body: Policy,
    ifMatch: true,
    answers: { 200: { description: "The level", schema: Level } },
    problems: ["item_not_found", "location_not_found", "version_mismatch", "insufficient_stock", "quantity_limit"],
    announces: ["StockLevelChanged"],
  },
} as const satisfies Record<string, Route>;
