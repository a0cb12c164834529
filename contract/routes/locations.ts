import { z } from "zod";
import { Location, LocationPatch, LocationPut } from "../catalogue.ts";
import { LocationId } from "../identifiers.ts";
import { page } from "../list.ts";
import { anyone, type Route, withScope } from "../route.ts";
import { catalogueList, catalogueRead } from "./parameters.ts";

const locationPath = z.strictObject({ id: LocationId });

/** Locations of the catalogue. */
export const locationRoutes = {
  putLocation: {
    method: "PUT",
    path: "/locations/{id}",
    summary: "Create or replace a location",
    function: "catalogue",
    kind: "command",
    rateLimit: "command",
    access: withScope("catalogue:write"),
    parameters: locationPath,
    body: LocationPut,
    ifMatch: true,
    answers: { 200: { description: "Replaced", schema: Location }, 201: { description: "Created", schema: Location } },
    problems: ["version_mismatch"],
    announces: ["LocationChanged"],
  },
  getLocation: {
    method: "GET",
    path: "/locations/{id}",
    summary: "Read a location",
    function: "catalogue",
    kind: "read",
    rateLimit: "read",
    access: anyone,
    parameters: locationPath,
    query: catalogueRead,
    etag: true,
    answers: { 200: { description: "The location", schema: Location } },
    problems: ["location_not_found"],
  },
  patchLocation: {
    method: "PATCH",
    path: "/locations/{id}",
    summary: "Change fields of a location, or restore it",
    function: "catalogue",
    kind: "command",
    rateLimit: "command",
    access: withScope("catalogue:write"),
    parameters: locationPath,
    body: LocationPatch,
    bodyTypes: ["application/merge-patch+json"],
    ifMatch: true,
    answers: { 200: { description: "The location", schema: Location } },
    problems: ["location_not_found", "version_mismatch"],
    announces: ["LocationChanged"],
  },
  archiveLocation: {
    method: "DELETE",
    path: "/locations/{id}",
    summary: "Archive a location that holds no stock (takes some 6 s)",
    function: "catalogue",
    kind: "command",
    rateLimit: "command",
    access: withScope("catalogue:write"),
    parameters: locationPath,
    ifMatch: true,
    answers: { 200: { description: "The archived location", schema: Location } },
    problems: ["location_not_found", "version_mismatch", "location_in_use"],
    announces: ["LocationChanged"],
  },
  listLocations: {
    method: "GET",
    path: "/locations",
    summary: "List locations",
    function: "catalogue",
    kind: "read",
    rateLimit: "read",
    access: anyone,
    query: catalogueList,
    answers: { 200: { description: "A page of locations", schema: page(Location) } },
    problems: [],
  },
} as const satisfies Record<string, Route>;
