import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { clientOptions } from "laptop-cloud/testing";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { platformStartMsMax, type RunningPlatform, startPlatform } from "../support/running-platform.ts";
import { violations } from "./axe.ts";
import { launchChromium } from "./chromium.ts";
import { writeSalesHistory } from "./sales-history.ts";

const shownMsMax = 15_000;
/** Twice the contract's time for a live change, because the machine is busy. The test prints the measured time. */
const liveMsMax = 4_000;
/** Time for eleven pages. Axe checks each one, and most are captured as a picture. */
const pagesMsMax = 240_000;
const wide = { viewport: { width: 1_360, height: 860 } };
const phone = { viewport: { width: 390, height: 844 } };
const pictures = join(tmpdir(), "holdfast-console-pictures");

let platform: RunningPlatform;
/** The URL of the console that the edge serves. */
let site: string;
let browser: Browser;
let admin: string;

beforeAll(async () => {
  [platform, browser] = await Promise.all([startPlatform(), launchChromium()]);
  admin = await platform.token({ scopes: "admin" });
  site = `${platform.outputs.endpoints.console}/`;
  await put("/locations/LEEDS", { name: "Leeds warehouse", kind: "warehouse", priority: 1 });
  await put("/locations/YORK", { name: "York store", kind: "store", priority: 2 });
  await writeSalesHistory(platform.outputs.endpoints.postgres, 40);
}, platformStartMsMax);

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

afterAll(async () => {
  await browser?.close();
  await platform?.stop();
}, platformStartMsMax);

const put = (path: string, body: object) => platform.call("PUT", path, { token: admin, body });

async function stocked(sku: string, name: string, quantities: Readonly<Record<string, number>>): Promise<void> {
  await put(`/items/${sku}`, { name, barcodes: [`2${sku.length}00000000001`] });
  const lines = Object.entries(quantities).map(([location, quantity]) => ({ sku, location, quantity }));
  const body = { kind: "receive", reason: "delivery", lines };
  expect((await platform.call("POST", "/movements", { token: admin, body })).status).toBe(201);
}

async function hold(sku: string, quantity: number): Promise<void> {
  const body = { lines: [{ sku, location: "LEEDS", quantity }] };
  expect((await platform.call("POST", "/reservations", { token: admin, body })).status).toBe(201);
}

/** Opens a new page and signs in on the issuer's page, as people do. */
async function open(path: string, options: BrowserContextOptions = wide): Promise<Page> {
  const page = await (await browser.newContext({ reducedMotion: "reduce", ...options })).newPage();
  page.setDefaultTimeout(shownMsMax);
  await page.goto(`${site}#${path}`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Name").fill("ada");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("banner").waitFor();
  return page;
}

const shown = async (page: Page, location: string, quantity: string): Promise<string> =>
  page.locator(`[data-location=${location}] [data-quantity=${quantity}]`).innerText();

async function openItem(sku: string, options?: BrowserContextOptions): Promise<Page> {
  const page = await open(`/items/${sku}`, options);
  await page
    .getByRole("status")
    .filter({ hasText: /^(Live|Every 2 s)$/i })
    .waitFor();
  return page;
}

describe("the console in Chromium", () => {
  it("shows a reservation made through the API on the open page without a reload", async () => {
    await stocked("LIVE-MUG", "Mug", { LEEDS: 10, YORK: 5 });
    const page = await openItem("LIVE-MUG");
    // Live means that the page has a WebSocket, which its security policy must allow.
    await page
      .getByRole("status")
      .filter({ hasText: /^Live$/i })
      .waitFor();
    expect(await shown(page, "LEEDS", "available")).toBe("10");
    const started = performance.now();
    await hold("LIVE-MUG", 3);
    const cell = page.locator("[data-location=LEEDS] [data-quantity=available]", { hasText: /^7$/ });
    await cell.waitFor({ timeout: liveMsMax });
    console.log(`a reservation was on the page after ${Math.round(performance.now() - started)} ms`);
    expect(await shown(page, "LEEDS", "reserved")).toBe("3");
    expect(await shown(page, "YORK", "available")).toBe("5");
    await page.locator("[data-total=available]", { hasText: "12" }).waitFor();
  });

  it("gives the last unit to one of two pages that race for it, and shows a refusal on the other", async () => {
    await stocked("LAST-MUG", "The last mug", { LEEDS: 1 });
    const pages = await Promise.all([openItem("LAST-MUG"), openItem("LAST-MUG")]);
    await Promise.all(pages.map((page) => page.getByRole("button", { name: /^Reserve for/ }).click()));
    const ends = await Promise.all(
      pages.map(async (page) => {
        const held = page.getByRole("group", { name: "Your reservation" });
        const refused = page.getByRole("alert");
        await held.or(refused).waitFor();
        return (await refused.count()) > 0 ? refused.innerText() : "held";
      }),
    );
    expect(ends.filter((end) => end === "held")).toHaveLength(1);
    expect(ends.find((end) => end !== "held")).toMatch(/Not enough stock[\s\S]*1 asked, 0 left/);
    for (const page of pages) {
      await page.locator("[data-location=LEEDS] [data-quantity=available]", { hasText: /^0$/ }).waitFor();
    }
    const level = await platform.call("GET", "/stock/LAST-MUG/LEEDS?consistency=strong", { token: admin });
    expect(level.body).toMatchObject({ onHand: 1, reserved: 1, available: 0 });
  });

  it("shows a countdown for a reservation, and gives its stock back on release", async () => {
    await stocked("HELD-MUG", "Mug", { LEEDS: 4 });
    const page = await openItem("HELD-MUG");
    await page.getByRole("button", { name: /^Reserve for/ }).click();
    const timer = page.getByRole("timer");
    const first = await timer.innerText();
    expect(first).toMatch(/^(5:00|4:5\d)$/);
    await vi.waitFor(async () => expect(await timer.innerText()).not.toBe(first), { timeout: shownMsMax });
    await page.locator("[data-location=LEEDS] [data-quantity=available]", { hasText: /^3$/ }).waitFor();
    await page.getByRole("button", { name: "Release" }).click();
    await page.getByTestId("status").filter({ hasText: "RELEASED" }).waitFor();
    await page.locator("[data-location=LEEDS] [data-quantity=available]", { hasText: /^4$/ }).waitFor();
  });

  it("books a movement, and shows it in the level and the ledger", async () => {
    await stocked("BOOKED-MUG", "Mug", { LEEDS: 4 });
    const page = await openItem("BOOKED-MUG");
    await page.getByText("Count", { exact: true }).click();
    const form = page.locator("form").filter({ hasText: "Book" });
    await form.getByLabel("Location").click();
    await page.getByRole("option", { name: "Leeds warehouse" }).click();
    await form.getByLabel("Quantity").fill("9");
    await form.getByLabel("Reason").fill("shelf count");
    await form.getByRole("button", { name: "Book" }).click();
    await form.getByText("Booked", { exact: true }).waitFor();
    await page.locator("[data-location=LEEDS] [data-quantity=onHand]", { hasText: /^9$/ }).waitFor();
    const ledger = page.getByRole("table", { name: /^Ledger/ });
    await ledger.getByText("shelf count").waitFor({ timeout: 60_000 });
    expect(await ledger.getByRole("row").nth(1).innerText()).toMatch(/Count on hand \+5/);
  });

  it("finds an item by the typed text", async () => {
    await stocked("LANTERN-1", "Brass lantern", { YORK: 2 });
    await stocked("OTHER-1", "Something else", { YORK: 3 });
    const page = await open("/");
    await page.locator("[data-sku=OTHER-1]").waitFor();
    await vi.waitFor(
      async () => {
        await page.getByRole("searchbox").fill("");
        await page.getByRole("searchbox").fill("lantern");
        await page.locator("[data-sku=OTHER-1]").waitFor({ state: "detached", timeout: 2_000 });
        await page.locator("[data-sku=LANTERN-1]").waitFor({ timeout: 2_000 });
      },
      { timeout: 30_000, interval: 500 },
    );
    await page.getByRole("link", { name: "Brass lantern" }).click();
    await page.getByRole("heading", { name: "Brass lantern" }).waitFor();
  });

  it("shows each report as figures, chart and table, filters it by location, and downloads it as a file", async () => {
    const page = await open("/reports");
    for (const name of reports) {
      await page.goto(`${site}#/reports?name=${name}`);
      const rows = page.getByRole("region", { name: `Rows of ${name}` });
      await rows.getByText("LAMP-OAK").first().waitFor();
      expect(await page.getByRole("img").or(page.getByRole("list")).count(), name).toBeGreaterThan(0);
    }
    const since = new Date(Date.now() - 29 * 86_400_000).toISOString().slice(0, 10);
    const sold = async (location: string) => {
      const path = `/reports/sales-by-day?from=${since}T00:00:00Z${location}`;
      const { rows } = Sales.parse((await platform.call("GET", path, { token: admin })).body);
      return rows.reduce((sum, { net }) => sum + net, 0).toLocaleString("en");
    };
    await page.goto(`${site}#/reports?name=sales-by-day`);
    await figure(page, "Sold, net", await sold(""));
    await page.getByRole("combobox", { name: "Location" }).click();
    await page.getByRole("option", { name: "York store" }).click();
    await figure(page, "Sold, net", await sold("&location=YORK"));
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "CSV" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("sales-by-day.csv");
    const csv = readFileSync(await download.path(), "utf8");
    expect(csv).toMatch(/^sold_on,sku,location,fulfilled,returned,net\r\n/);
    expect(csv).not.toContain("LEEDS");
    await page.getByRole("textbox", { name: "SKU" }).fill("NO-SUCH-SKU");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing in this period").waitFor();
  });

  it("shows queues, and shows an alert while there are dead letters", async () => {
    const page = await open("/operations");
    const row = page.locator("[data-queue=mail] [data-count=deadLetters]");
    await row.getByText("0", { exact: true }).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    const takeAway = await bury("mail", 3);
    await page.getByRole("alert").filter({ hasText: "mail: 3" }).waitFor();
    await row.getByText("3", { exact: true }).waitFor();
    await page.getByRole("heading", { name: "Feed to SQL" }).waitFor();
    await takeAway();
    await page.getByRole("alert").waitFor({ state: "detached" });
  });

  it.each([
    { colorScheme: "light", size: "wide" },
    { colorScheme: "dark", size: "wide" },
    { colorScheme: "light", size: "phone" },
    { colorScheme: "dark", size: "phone" },
  ] as const)(
    "has no page on which axe finds a violation ($colorScheme, $size)",
    async ({ colorScheme, size }) => {
      await stocked("SHOWN-MUG", "Tea mug, red", { LEEDS: 120, YORK: 80 });
      await hold("SHOWN-MUG", 18);
      onTestFinished(await bury("webhooks", 2));
      const options = { ...(size === "wide" ? wide : phone), colorScheme };
      const welcome = await (await browser.newContext(options)).newPage();
      await welcome.goto(site);
      await welcome.getByRole("button", { name: "Sign in" }).waitFor();
      expect(await violations(welcome)).toEqual([]);
      const page = await open("/", options);
      for (const { name, path, heading } of pages) {
        await page.goto(`${site}#${path}`);
        await page.getByRole("heading", { name: heading }).first().waitFor();
        await page.waitForLoadState("networkidle");
        if (name === "operations") await page.getByRole("alert").filter({ hasText: "webhooks: 2" }).waitFor();
        if (path.startsWith("/reports")) await page.getByRole("region").getByText("LAMP-OAK").first().waitFor();
        if (name === "item") {
          await page.getByRole("button", { name: /^Reserve for/ }).click();
          await page.getByRole("timer").waitFor();
        }
        expect(await violations(page), name).toEqual([]);
        await page.screenshot({ path: join(pictures, `${name}-${size}-${colorScheme}.png`) });
      }
    },
    pagesMsMax,
  );
});

const reports = [
  ...(["stock-on-hand", "stock-on-hand-daily", "sales-by-day", "sell-through", "stockout-rate"] as const),
  "movement-ledger",
] as const;
const Sales = z.object({ rows: z.array(z.object({ net: z.number() })) });

const figure = (page: Page, title: string, value: string) =>
  page.getByRole("heading", { name: title }).locator("..").getByText(value, { exact: true }).waitFor();

/** Adds messages to a queue's dead letters. Returns a function that deletes them. */
async function bury(queue: string, messageCount: number): Promise<() => Promise<void>> {
  const sqs = new SQSClient(clientOptions(platform.cloud.endpoints.sqs ?? ""));
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: `holdfast-laptop-${queue}-dead` }));
  const Entries = Array.from({ length: messageCount }, (_, at) => ({ Id: String(at), MessageBody: "{}" }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  return async () => {
    for (let left = messageCount; left > 0; ) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      left -= Messages.length;
    }
    sqs.destroy();
  };
}

const pages = [
  { name: "catalogue", path: "/", heading: "Catalogue" },
  { name: "item", path: "/items/SHOWN-MUG", heading: "Stock by location" },
  { name: "movements", path: "/movements", heading: "Movements" },
  ...reports.map((name) => ({ name, path: `/reports?name=${name}`, heading: "Reports" })),
  { name: "operations", path: "/operations", heading: "This deployment" },
] as const;
