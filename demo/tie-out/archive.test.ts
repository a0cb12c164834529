import { describe, expect, it } from "vitest";
import { Archive } from "./archive.ts";

const archive = () =>
  new Archive({
    api: "http://127.0.0.1:1/v1",
    postgres: "",
    dynamodb: "http://127.0.0.1:1",
    s3: "http://127.0.0.1:1",
    inventoryTable: "inventory",
    archiveBucket: "archive",
  });

const image = (version: number, onHand: number) => ({
  pk: { S: "STOCK#A" },
  sk: { S: "AT#LEEDS" },
  type: { S: "level" },
  sku: { S: "A" },
  location: { S: "LEEDS" },
  version: { N: String(version) },
  onHand: { N: String(onHand) },
  ...Object.fromEntries(
    ["reserved", "incoming", "damaged", "qualityHold", "safety", "backorderLimit"].map((name) => [name, { N: "0" }]),
  ),
  sellable: { N: String(onHand) },
});
const record = (newImage: object) =>
  JSON.stringify({ eventName: "MODIFY", dynamodb: { Keys: { pk: { S: "STOCK#A" } }, NewImage: newImage } });

describe("Archive", () => {
  it("takes the highest version whatever the order, and duplicates once", () => {
    const read = archive();
    for (const version of [2, 3, 1, 3]) read.add(record(image(version, version * 10)), "object");
    const level = read.levels.get("A at LEEDS");
    expect(level?.newest).toMatchObject({ version: 3, quantities: { onHand: 30 } });
    expect([level?.versions.count, level?.versions.missing(3, 9)]).toEqual([3, []]);
    expect(read.problems).toEqual([]);
  });

  it("passes over what is no level", () => {
    const read = archive();
    read.add(JSON.stringify({ dynamodb: { Keys: { pk: { S: "RESERVATION#1" } }, NewImage: {} } }), "object");
    expect([read.levels.size, read.problems]).toEqual([0, []]);
  });

  it("names the object of a record it cannot read", () => {
    const read = archive();
    const { version: _, ...withoutVersion } = image(1, 10);
    read.add(record(withoutVersion), "2026/01/object.gz");
    expect(read.problems).toEqual([expect.stringContaining("archive 2026/01/object.gz: a level's record")]);
  });
});
