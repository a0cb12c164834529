import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { EventOf } from "../../../contract/event.ts";
import { LocationId, Sku } from "../../../contract/identifiers.ts";
import { lowStockMail } from "../../../handlers/mail/low-stock-mail.ts";
import { levelChanges } from "../../../test/support/level-events.ts";
import type { Crossing } from "./crossings.ts";
import { compareMails, type LowStockMail, readMails } from "./mails.ts";

const place = { sku: Sku.parse("MUG"), location: LocationId.parse("LEEDS") };
const crossing = (version: number, available: number, type: Crossing["type"] = "StockRanLow"): Crossing => ({
  id: `${type}/stock/MUG/LEEDS/${version}`,
  type,
  ...place,
  version,
  available,
  kind: "reserve",
  atMs: 0,
});
const mail = (version: number, available: number): LowStockMail => ({ ...place, version, available });

const crossings = [crossing(3, 5), crossing(5, 12, "StockRecovered"), crossing(8, 0)];
const mails = [mail(8, 0), mail(3, 5)];

describe("compareMails", () => {
  it("returns no difference when there is one mail each time a level ran low, in any order", () => {
    expect(compareMails(crossings, mails)).toEqual([]);
  });

  it.each<[string, readonly LowStockMail[], string]>([
    ["a missing mail", [mail(3, 5)], "no mail tells that version 8 (reserve) ran low at 0"],
    ["a repeated mail", [...mails, mail(3, 5)], "another mail says that version 3 ran low"],
    [
      "a mail about a change that was no crossing",
      [...mails, mail(4, 4)],
      "a mail says that version 4 ran low at 4, but it did not",
    ],
    ["a mail about a recovery", [...mails, mail(5, 12)], "a mail says that version 5 ran low at 12, but it did not"],
    [
      "a mail with another quantity",
      [mail(8, 0), mail(3, 6)],
      "a mail says that version 3 left 6 available, but it left 5",
    ],
  ])("reports %s", (_what, sent, what) => {
    expect(compareMails(crossings, sent)).toEqual([{ subject: "MUG at LEEDS", what }]);
  });
});

describe("readMails", () => {
  it("reads the platform's low-stock mails since a time, and skips other mails", async () => {
    const [event] = levelChanges("MUG", [{ available: -2, lowStock: { threshold: 5, clear: 10 } }]);
    if (event === undefined) throw new Error("one change");
    const written = lowStockMail({ ...event, "detail-type": "StockRanLow" } as EventOf<"StockRanLow">);
    const at = (second: number) => new Date(second * 1_000).toISOString();
    const listed = [
      { at: at(9), to: ["a@shop.example"], subject: written.subject, text: written.text },
      { at: at(10), to: ["a@shop.example"], subject: written.subject, text: written.text },
      { at: at(11), to: ["a@shop.example"], subject: "Low tide" },
    ];
    const server = createServer((_request, response) => void response.end(JSON.stringify(listed)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await readMails(endpoint, 10_000)).toEqual([{ ...place, version: 1, available: -2 }]);
  });
});
