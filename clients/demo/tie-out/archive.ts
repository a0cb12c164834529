import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { quantityNames } from "../../../contract/quantity.ts";
import type { System } from "../system/endpoints.ts";
import { type LevelState, levelName } from "./levels.ts";
import { laptopAccess, StoredLevel } from "./table.ts";
import { VersionSet } from "./version-set.ts";

/** A change record of Kinesis Data Streams for DynamoDB, as far as the tie-out needs it. */
const LevelRecord = z.object({ dynamodb: z.object({ NewImage: StoredLevel }) });

export interface ArchivedLevel {
  /** The image with the highest version. */
  newest: LevelState;
  readonly versions: VersionSet;
}

/** The newest image and the versions of every level in the archive; each `refresh` reads only what is new. */
export class Archive {
  readonly levels = new Map<string, ArchivedLevel>();
  readonly problems: string[] = [];
  recordCount = 0;
  readonly #read = new Set<string>();
  readonly #bucket: string;
  readonly #client: S3Client;

  constructor(system: System) {
    this.#bucket = system.archiveBucket;
    this.#client = new S3Client({ endpoint: system.s3, forcePathStyle: true, ...laptopAccess });
  }

  /** @param onObject told after each object, for an archive of months takes minutes. */
  async refresh(onObject: () => void = () => {}): Promise<void> {
    for await (const page of paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket })) {
      for (const { Key: key } of page.Contents ?? []) {
        if (key === undefined || this.#read.has(key) || /^errors?\//.test(key)) continue;
        this.#read.add(key);
        await this.#readObject(key);
        onObject();
      }
    }
  }

  close(): void {
    this.#client.destroy();
  }

  async #readObject(key: string): Promise<void> {
    const { Body: body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
    if (!(body instanceof Readable)) throw new Error(`${this.#bucket}/${key}: no body to read`);
    const unzipped = body.pipe(createGunzip());
    body.on("error", (error) => unzipped.destroy(error));
    try {
      for await (const line of createInterface({ input: unzipped })) this.add(line, key);
    } catch (error) {
      this.problems.push(`archive ${key}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Takes one record in. Duplicates and any order are fine: the highest version wins. */
  add(line: string, key: string): void {
    // Most of the cost is parsing; what is no level (reservations, items) is told by its key.
    if (!line.includes('"STOCK#')) return;
    const parsed = LevelRecord.safeParse(JSON.parse(line));
    if (!parsed.success) {
      this.problems.push(`archive ${key}: a level's record that cannot be read: ${z.prettifyError(parsed.error)}`);
      return;
    }
    this.recordCount += 1;
    const image = parsed.data.dynamodb.NewImage;
    const found = this.levels.get(levelName(image));
    if (found === undefined) {
      const versions = new VersionSet();
      versions.add(image.version);
      this.levels.set(levelName(image), { newest: image, versions });
      return;
    }
    found.versions.add(image.version);
    if (image.version > found.newest.version) found.newest = image;
    else if (image.version === found.newest.version && !sameQuantities(image, found.newest)) {
      this.problems.push(
        `archive ${key}: version ${image.version} of ${levelName(image)} with other quantities than before`,
      );
    }
  }
}

/** A change delivered twice is the same twice. */
const sameQuantities = (one: LevelState, other: LevelState): boolean =>
  quantityNames.every((name) => one.quantities[name] === other.quantities[name]);
