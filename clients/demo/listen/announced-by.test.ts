import { describe, expect, it } from "vitest";
import type { Operation } from "../../../contract/routes.ts";
import { announcedBy } from "./announced-by.ts";

describe("announcedBy", () => {
  it.each<[Operation, object, string | undefined]>([
    ["putItem", { sku: "MUG", version: 1 }, "ItemChanged/item/MUG/1"],
    ["putLocation", { id: "LEEDS", version: 2 }, "LocationChanged/location/LEEDS/2"],
    ["holdReservation", { id: "r", version: 1 }, "ReservationHeld/reservation/r/1"],
    ["confirmReservation", { id: "r", version: 2 }, "ReservationConfirmed/reservation/r/2"],
    ["fulfilReservation", { id: "r", version: 3 }, "ReservationFulfilled/reservation/r/3"],
    ["makeMovements", { movements: [] }, undefined],
    ["putPolicy", { sku: "MUG", location: "LEEDS", version: 4 }, undefined],
    ["createWebhook", { id: "w" }, undefined],
    ["getItem", { sku: "MUG", version: 1 }, undefined],
  ])("returns the event that %s announces, if any", (operation, value, id) => {
    expect(announcedBy(operation, value)).toBe(id);
  });
});
