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

/** A change record of Kinesis Data Streams for DynamoDB, reduced to what the tie-out needs. */
const LevelRecord = z.object({ dynamodb: z.object({ NewImage: StoredLevel }) });

export interface ArchivedLevel {
  /** The image with the highest version. */
  newest: LevelState;
  readonly versions: VersionSet;
}

/** The newest image and all versions of every level in the archive. Each `refresh` reads only new objects. */
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

  /** @param onObject is called after each object, because an archive of months takes minutes to read. */
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

  /** Adds one record. Duplicates and any order are allowed: the highest version wins. */
  add(line: string, key: string): void {
    // Parsing is most of the cost, so other records (reservations, items) are skipped by their key.
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

/** Compares two images of one version. They must be equal, because a repeated delivery is the same change. */
const sameQuantities = (one: LevelState, other: LevelState): boolean =>
  quantityNames.every((name) => one.quantities[name] === other.quantities[name]);
