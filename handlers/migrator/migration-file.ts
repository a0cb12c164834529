import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A file of sql/migrations: plain SQL that runs once in one transaction. */
export interface MigrationFile {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 in hex. */
  readonly checksum: string;
}

const pattern = /^([0-9]{4})_[a-z]+(_[a-z0-9]+)+\.sql$/;

/** Reads the migrations of a folder in order. Throws for names and numbers that make the order unclear. */
export async function readMigrationFiles(folder: string): Promise<readonly MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  if (names.length === 0) throw new Error(`${folder} holds no .sql file: the migrations are missing`);
  names.forEach((name, index) => {
    const number = pattern.exec(name)?.[1];
    if (number === undefined) {
      throw new Error(`Migration ${name} is misnamed: name it NNNN_verb_object.sql, in lower case`);
    }
    if (Number(number) !== index + 1) {
      throw new Error(`Migration ${name} is out of order: number ${index + 1} was expected; numbers have no gaps`);
    }
  });
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}
