import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page, WebSocket } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { platformStartMsMax, type RunningPlatform, startPlatform } from "../support/running-platform.ts";
import { violations } from "./axe.ts";
import { launchChromium } from "./chromium.ts";
import { type Site, serveNativeScreen } from "./site.ts";

const shownMsMax = 15_000;
/** The contract promises that a search finds a changed item within 10 s. A busy machine may need longer. */
const foundMsMax = 30_000;
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true };
const pictures = join(tmpdir(), "holdfast-native-pictures");

const folder = mkdtempSync(join(tmpdir(), "native-"));
let platform: RunningPlatform;
let site: Site;
let browser: Browser;
let admin: string;
let reader: string;

beforeAll(async () => {
  [platform, browser] = await Promise.all([startPlatform(), launchChromium()]);
  admin = await platform.token({ scopes: "admin" });
  reader = await platform.token({ scopes: "stock:read" });
  const { api, websocket } = platform.outputs.endpoints;
  site = await serveNativeScreen(folder, { api, websocket });
  await put("/locations/LEEDS", { name: "Leeds warehouse", kind: "warehouse", priority: 1 });
  await put("/locations/YORK", { name: "York store", kind: "store", priority: 2 });
  await stocked("LANTERN-1", { name: "Brass lantern", barcodes: ["5012345678900"] }, { YORK: 2 });
  await stocked("TEA-MUG-RED", { name: "Tea mug, red", barcodes: ["2018359839118"] }, { LEEDS: 120, YORK: 80 });
  const lines = [{ sku: "TEA-MUG-RED", location: "LEEDS", quantity: 18 }];
  expect((await platform.call("POST", "/reservations", { token: admin, body: { lines } })).status).toBe(201);
}, platformStartMsMax);

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

afterAll(async () => {
  await browser?.close();
  await site?.stop();
  await platform?.stop();
  rmSync(folder, { recursive: true, force: true });
}, platformStartMsMax);

const put = (path: string, body: object) => platform.call("PUT", path, { token: admin, body });

async function stocked(sku: string, item: object, quantities: Readonly<Record<string, number>>): Promise<void> {
  await put(`/items/${sku}`, item);
  await receive(sku, quantities);
}

async function receive(sku: string, quantities: Readonly<Record<string, number>>): Promise<void> {
  const lines = Object.entries(quantities).map(([location, quantity]) => ({ sku, location, quantity }));
  const answer = await platform.call("POST", "/movements", { token: admin, body: { kind: "receive", lines } });
  expect(answer.status).toBe(201);
}

interface Phone {
  readonly page: Page;
  /** All WebSockets that the page opened. */
  readonly sockets: WebSocket[];
}

/** Opens a new page and enters a token. */
async function open(token: string, options: BrowserContextOptions = {}): Promise<Phone> {
  const page = await (await browser.newContext({ ...phone, reducedMotion: "reduce", ...options })).newPage();
  page.setDefaultTimeout(shownMsMax);
  const sockets: WebSocket[] = [];
  page.on("websocket", (socket) => sockets.push(socket));
  await page.goto(site.url);
  await enter(page, token);
  return { page, sockets };
}

async function enter(page: Page, token: string): Promise<void> {
  await page.getByLabel("Access token").fill(token);
  await page.getByRole("button", { name: "Continue" }).click();
}

async function openItem(sku: string, options?: BrowserContextOptions): Promise<Phone> {
  const opened = await open(reader, options);
  await opened.page.getByTestId(`item-${sku}`).click();
  await isLive(opened.page);
  return opened;
}

const isLive = (page: Page) =>
  page
    .getByRole("status")
    .filter({ hasText: /^Live$/ })
    .waitFor();
const available = (page: Page, location: string) => page.getByTestId(`available-${location}`);
const shows = (page: Page, location: string, quantity: string) =>
  vi.waitFor(async () => expect(await available(page, location).innerText()).toBe(quantity), shownMsMax);

/** Moves the app to the background or to the foreground, as a phone does. */
const show = (page: Page, visibility: "hidden" | "visible") =>
  page.evaluate(`
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "${visibility}" });
    document.dispatchEvent(new Event("visibilitychange"));`);

describe("the phone's screen in Chromium", () => {
  it("finds an item by name, misspelt name, SKU and barcode, and shows its levels by location", async () => {
    const { page } = await open(reader);
    for (const typed of ["brass lan", "lanten", "LANTERN-1", "5012345678900"]) {
      await page.getByLabel("Search items").fill("");
      await page.getByTestId("item-TEA-MUG-RED").waitFor();
      await vi.waitFor(
        async () => {
          await page.getByLabel("Search items").fill("");
          await page.getByLabel("Search items").fill(typed);
          await page.getByTestId("item-TEA-MUG-RED").waitFor({ state: "detached", timeout: 2_000 });
          await page.getByTestId("item-LANTERN-1").waitFor({ timeout: 2_000 });
        },
        { timeout: foundMsMax, interval: 500 },
      );
    }
    // A scanner types the barcode and then Enter.
    await page.getByLabel("Search items").press("Enter");
    await page.getByRole("heading", { name: "Brass lantern" }).waitFor();
    await shows(page, "YORK", "2");
    await page.getByText("York store").waitFor();
    expect(await page.getByTestId("total-available").innerText()).toBe("2");
  });

  it("shows a change without a reload, on the item and in the list", async () => {
    await stocked("LIVE-MUG", { name: "Live mug" }, { LEEDS: 10, YORK: 5 });
    const { page, sockets } = await openItem("LIVE-MUG");
    await shows(page, "LEEDS", "10");
    await receive("LIVE-MUG", { LEEDS: 7 });
    await shows(page, "LEEDS", "17");
    expect(await page.getByTestId("total-available").innerText()).toBe("22");
    await page.getByRole("button", { name: "All results" }).click();
    await receive("LIVE-MUG", { YORK: 1 });
    await page.getByTestId("item-LIVE-MUG").getByText("23", { exact: true }).waitFor();
    expect(sockets).toHaveLength(1);
  });

  it("has no connection in the background, and shows the missed changes in the foreground", async () => {
    await stocked("AWAY-MUG", { name: "Away mug" }, { LEEDS: 10 });
    const { page, sockets } = await openItem("AWAY-MUG");
    await shows(page, "LEEDS", "10");
    await show(page, "hidden");
    await vi.waitFor(() => expect(sockets.map((socket) => socket.isClosed())).toEqual([true]), shownMsMax);
    await receive("AWAY-MUG", { LEEDS: 5 });
    expect(await available(page, "LEEDS").innerText()).toBe("10");
    expect(sockets).toHaveLength(1);
    await show(page, "visible");
    await shows(page, "LEEDS", "15");
    await isLive(page);
    expect(sockets.map((socket) => socket.isClosed())).toEqual([true, false]);
  });

  it("reconnects when the network comes back", async () => {
    await stocked("FLIGHT-MUG", { name: "Flight mug" }, { LEEDS: 10 });
    const { page, sockets } = await openItem("FLIGHT-MUG");
    await page.context().setOffline(true);
    await receive("FLIGHT-MUG", { LEEDS: 1 });
    await page.context().setOffline(false);
    await vi.waitFor(() => expect(sockets.map((socket) => socket.isClosed())).toEqual([true, false]), shownMsMax);
    await shows(page, "LEEDS", "11");
    await isLive(page);
  });

  it("says what to do without a network, and loads the items on a retry", async () => {
    const { page } = await open(reader);
    await page.getByTestId("item-LANTERN-1").waitFor();
    await page.context().setOffline(true);
    await page.getByLabel("Search items").fill("lantern");
    const problem = page.getByRole("alert");
    await problem.getByText("Check that this phone is online, then try again.").waitFor();
    await page.context().setOffline(false);
    await problem.getByRole("button", { name: "Try again" }).click();
    await page.getByTestId("item-LANTERN-1").waitFor();
    expect(await problem.count()).toBe(0);
  });

  it("says which scope a token lacks", async () => {
    const { page } = await open(await platform.token({ scopes: "reports:read" }));
    await page.getByTestId("item-LANTERN-1").click();
    await page.getByRole("alert").getByText("Ask for a token with the scope stock:availability.").waitFor();
    await page.getByRole("status").filter({ hasText: "Not current" }).waitFor();
  });

  it("asks for another token when one is refused", async () => {
    const { page } = await open("not-a-token");
    await page.getByRole("alert").getByText("The token was refused").waitFor();
    await enter(page, reader);
    await page.getByTestId("item-LANTERN-1").waitFor();
  });

  it("shows only available stock to a token with stock:availability alone", async () => {
    const { page } = await open(await platform.token({ scopes: "stock:availability" }));
    await page.getByTestId("item-LANTERN-1").click();
    await shows(page, "YORK", "2");
    expect(await page.getByText("On hand").count()).toBe(0);
  });

  it.each([{ colorScheme: "light" }, { colorScheme: "dark" }] as const)(
    "has no page on which axe finds a violation ($colorScheme)",
    async ({ colorScheme }) => {
      const page = await (await browser.newContext({ ...phone, colorScheme })).newPage();
      const judge = async (name: string) => {
        await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) });
        expect(await violations(page), name).toEqual([]);
      };
      await page.goto(site.url);
      await page.getByLabel("Access token").waitFor();
      await judge("sign-in");
      await enter(page, "not-a-token");
      await page.getByRole("alert").waitFor();
      await judge("refused");
      await enter(page, reader);
      await page.getByTestId("item-TEA-MUG-RED").getByText("182").waitFor();
      await judge("results");
      await page.getByTestId("item-TEA-MUG-RED").click();
      await isLive(page);
      await judge("item");
    },
  );
});
