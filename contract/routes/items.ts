import { z } from "zod";
import { Item, ItemPatch, ItemPut } from "../catalogue.ts";
import { page } from "../list.ts";
import { anyone, type Route, withScope } from "../route.ts";
import { catalogueList, catalogueRead, itemPath } from "./parameters.ts";

const itemList = z.strictObject({
  ...catalogueList.shape,
  /** Words to find in sku, name, description and barcodes; they may be misspelt. */
  search: z.string().trim().min(1).max(200).optional(),
});

/** Items of the catalogue. */
export const itemRoutes = {
  putItem: {
    method: "PUT",
    path: "/items/{sku}",
    summary: "Create or replace an item",
    function: "catalogue",
    kind: "command",
    rateLimit: "command",
    access: withScope("catalogue:write"),
    parameters: itemPath,
    body: ItemPut,
    ifMatch: true,
    answers: { 200: { description: "Replaced", schema: Item }, 201: { description: "Created", schema: Item } },
    problems: ["version_mismatch"],
    announces: ["ItemChanged"],
  },
  getItem: {
    method: "GET",
    path: "/items/{sku}",
    summary: "Read an item",
    function: "catalogue",
    kind: "read",
    rateLimit: "read",
    access: anyone,
    parameters: itemPath,
    query: catalogueRead,
    etag: true,
    answers: { 200: { description: "The item", schema: Item } },
    problems: ["item_not_found"],
  },
  patchItem: {
    method: "PATCH",
    path: "/items/{sku}",
    summary: "Change fields of an item, or restore it",
    function: "catalogue",
    kind: "command",
    rateLimit: "command",
    access: withScope("catalogue:write"),
    parameters: itemPath,
    body: ItemPatch,
    bodyTypes: ["application/merge-patch+json"],
    ifMatch: true,
    answers: { 200: { description: "The item", schema: Item } },
    problems: ["item_not_found", "version_mismatch"],
    announces: ["ItemChanged"],
  },
  archiveItem: {
    method: "DELETE",
    path: "/items/{sku}",
    summary: "Archive an item that holds no stock (takes some 6 s)",
    function: "catalogue",
    kind: "command",
    rateLimit: "command",
    access: withScope("catalogue:write"),
    parameters: itemPath,
    ifMatch: true,
    answers: { 200: { description: "The archived item", schema: Item } },
    problems: ["item_not_found", "version_mismatch", "item_in_use"],
    announces: ["ItemChanged"],
  },
  listItems: {
    method: "GET",
    path: "/items",
    summary: "List items, or search them, best matches first",
    function: "catalogue",
    kind: "read",
    rateLimit: "read",
    access: anyone,
    query: itemList,
    answers: { 200: { description: "A page of items", schema: page(Item) } },
    problems: [],
  },
} as const satisfies Record<string, Route>;
