import { gzipSync } from "node:zlib";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { clientOptions, dynamoDbEndpoint, queuesAndBucketsEndpoint, uniqueName } from "laptop-cloud/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { openShop } from "../../../test/support/shop.ts";
import type { System } from "../system/endpoints.ts";
import { Archive } from "./archive.ts";
import { zeros } from "./levels.ts";
import { readTable } from "./table.ts";

const system = (fields: Partial<System>): System => ({
  api: "http://127.0.0.1:1/v1",
  postgres: "",
  dynamodb: "http://127.0.0.1:1",
  s3: "http://127.0.0.1:1",
  redis: "redis://127.0.0.1:1",
  mails: "http://127.0.0.1:1",
  inventoryTable: "inventory",
  archiveBucket: "archive",
  ...fields,
});

const numbers = (version: number, onHand: number) =>
  Object.fromEntries(
    Object.entries({ ...zeros(), version, onHand, sellable: onHand }).map(([name, value]) => [name, { N: `${value}` }]),
  );
const image = (version: number, onHand: number) => ({
  pk: { S: "STOCK#A" },
  sk: { S: "AT#LEEDS" },
  type: { S: "level" },
  sku: { S: "A" },
  location: { S: "LEEDS" },
  ...numbers(version, onHand),
});
const record = (newImage: object) =>
  JSON.stringify({ eventName: "MODIFY", dynamodb: { Keys: { pk: { S: "STOCK#A" } }, NewImage: newImage } });

describe("readTable", () => {
  it("reads every level, over several pages, and nothing else", async () => {
    const shop = await openShop();
    const leeds = await shop.addLocation("LEEDS");
    const skus = await Promise.all(Array.from({ length: 30 }, (_, index) => shop.addItem(`S${index}`)));
    const lines = skus.map((sku, index) => ({ sku, location: leeds, quantity: index + 1 }));
    await shop.stock.makeMovements(shop.context("open"), { kind: "receive", lines });
    const levels = await readTable(
      system({ dynamodb: await dynamoDbEndpoint(), inventoryTable: shop.tables.inventory }),
      {
        pageLevelCount: 7,
      },
    );
    expect(levels.size).toBe(30);
    expect(levels.get("S4 at LEEDS")).toMatchObject({ version: 1, sellable: 5, quantities: { ...zeros(), onHand: 5 } });
  });
});

describe("Archive", () => {
  const unread = () => new Archive(system({}));

  it("keeps the highest version in any order, and counts duplicates once", () => {
    const archive = unread();
    for (const version of [2, 3, 1, 3]) archive.add(record(image(version, version * 10)), "object");
    const level = archive.levels.get("A at LEEDS");
    expect(level?.newest).toMatchObject({ version: 3, quantities: { onHand: 30 } });
    expect([level?.versions.count, level?.versions.missing(3, 9)]).toEqual([3, []]);
    expect(archive.problems).toEqual([]);
  });

  it("reports a version that appears twice with different quantities", () => {
    const archive = unread();
    for (const onHand of [10, 11]) archive.add(record(image(1, onHand)), "changes/object.gz");
    expect(archive.problems).toEqual([
      "archive changes/object.gz: version 1 of A at LEEDS with other quantities than before",
    ]);
  });

  it("skips records that are not levels", () => {
    const archive = unread();
    archive.add(JSON.stringify({ dynamodb: { Keys: { pk: { S: "RESERVATION#1" } }, NewImage: {} } }), "object");
    expect([archive.levels.size, archive.problems]).toEqual([0, []]);
  });

  it("reports the object of a record that it cannot read", () => {
    const archive = unread();
    archive.add(record({ ...image(1, 10), version: undefined }), "changes/object.gz");
    expect(archive.problems).toEqual([expect.stringContaining("archive changes/object.gz: a level's record")]);
  });

  it("reads each object of the bucket once, and reports a damaged one", async () => {
    const endpoint = await queuesAndBucketsEndpoint();
    const s3 = new S3Client({ ...clientOptions(endpoint), forcePathStyle: true });
    onTestFinished(() => s3.destroy());
    const bucket = uniqueName("archive");
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const put = (key: string, body: Buffer) => s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));

    await put("changes/2026/1.gz", gzipSync(`${record(image(1, 10))}\n${record(image(2, 20))}\n`));
    await put("errors/format/2026/1.gz", Buffer.from("not for us"));
    const archive = new Archive(system({ s3: endpoint, archiveBucket: bucket }));
    onTestFinished(() => archive.close());
    await archive.refresh();
    expect([archive.recordCount, archive.problems]).toEqual([2, []]);

    await put("changes/2026/0.gz", gzipSync(`${record(image(3, 30))}\n`));
    const whole = gzipSync(`${record(image(4, 40))}\n`);
    await put("changes/2026/2.gz", whole.subarray(0, whole.length - 20));
    await archive.refresh();
    await archive.refresh();
    expect([archive.recordCount, archive.levels.get("A at LEEDS")?.newest.version]).toEqual([3, 3]);
    expect(archive.problems).toEqual([expect.stringMatching(/^archive changes\/2026\/2\.gz: /)]);
  });
});
