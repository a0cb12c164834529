import { limits } from "../../../contract/limits.ts";
import { hash, randomFrom } from "./seeded.ts";
import type { OrderSource, SourceRow } from "./source.ts";

const itemCount = 200;
const lineCountMin = 2_400;

/** Makes order lines from a seed. Most invoices contain a few of the same 200 items, so that they compete for stock. */
export function generatedSource(seed: number): OrderSource {
  return { label: `seed ${seed}`, fingerprint: `seed-${seed}`, rows: () => generateRows(seed) };
}

type Shape = "sale" | "large sale" | "cancellation" | "write-off";

async function* generateRows(seed: number): AsyncGenerator<SourceRow> {
  const random = randomFrom(hash(seed, "orders"));
  let line = 1;
  for (let invoice = 1; line <= lineCountMin; invoice += 1) {
    const shape = shapeOf(invoice, random());
    const shared = {
      InvoiceNo: `${shape === "cancellation" ? "C" : ""}${700_000 + invoice}`,
      InvoiceDate: new Date(Date.UTC(2026, 0, 5, 8, invoice)).toISOString().slice(0, 19).replace("T", " "),
      CustomerID: `${10_000 + Math.floor(random() * 500)}.0`,
      Country: random() < 0.3 ? "Netherlands" : "United Kingdom",
    };
    for (let count = lineCountOf(shape, random()); count > 0; count -= 1) {
      line += 1;
      // A large sale contains each item once. Other invoices mostly contain the few best-selling items.
      const item = shape === "large sale" ? count : Math.floor(itemCount * random() ** 2);
      yield { kind: "row", row: { line, fields: { ...shared, ...generateLine(shape, item, random()) } } };
    }
  }
}

/** Makes every fortieth invoice larger than one reservation may be. */
function shapeOf(invoice: number, chance: number): Shape {
  if (invoice % 40 === 0) return "large sale";
  if (chance < 0.04) return "cancellation";
  return chance < 0.06 ? "write-off" : "sale";
}

function lineCountOf(shape: Shape, chance: number): number {
  if (shape === "large sale") return limits.levelsPerCommandMax + 10;
  return 1 + Math.floor(chance * (shape === "sale" ? 30 : 3));
}

function generateLine(shape: Shape, item: number, chance: number) {
  const quantity = 1 + Math.floor(chance ** 2 * 24);
  return {
    StockCode: `DEMO-${String(item).padStart(3, "0")}`,
    Description: describe(item),
    Quantity: String(shape.endsWith("sale") ? quantity : -quantity),
    UnitPrice: (0.4 + ((item * 37) % 900) / 100).toFixed(2),
  };
}

const colours = ["RED", "BLUE", "GREEN", "WHITE", "IVORY", "PINK", "BLACK", "SILVER"];
const things = ["MUG", "LANTERN", "NAPKINS", "CUSHION", "CANDLE", "CLOCK", "BASKET", "FRAME", "TIN", "GARLAND"];

/** Returns a unique name for each item: colour and thing, and from the 81st item on also a size. */
function describe(item: number): string {
  const size = ["", "SMALL ", "LARGE "][Math.floor(item / (colours.length * things.length))] ?? "";
  return `${size}${colours[item % colours.length]} ${things[Math.floor(item / colours.length) % things.length]}`;
}
