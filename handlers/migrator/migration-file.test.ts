import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readMigrationFiles } from "./migration-file.ts";

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "migrations-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(folder, name), sql);
  return folder;
}

describe("readMigrationFiles", () => {
  it("reads the SQL files of a folder in order, with checksums", async () => {
    const folder = folderOf({ "0002_drop_table.sql": "", "0001_create_table.sql": "SELECT 1;", "README.md": "no SQL" });
    expect(await readMigrationFiles(folder)).toEqual([
      {
        name: "0001_create_table.sql",
        sql: "SELECT 1;",
        checksum: "17db4fd369edb9244b9f91d9aeed145c3d04ad8ba6e95d06247f07a63527d11a",
      },
      { name: "0002_drop_table.sql", sql: "", checksum: expect.stringMatching(/^e3b0c442/) },
    ]);
  });

  it.each([
    ["a name without number", { "create_table.sql": "" }, "misnamed"],
    ["a name in upper case", { "0001_Create_table.sql": "" }, "misnamed"],
    ["a gap in the numbers", { "0001_create_table.sql": "", "0003_drop_table.sql": "" }, "number 2 was expected"],
    ["a number used twice", { "0001_create_table.sql": "", "0001_drop_table.sql": "" }, "number 2 was expected"],
    ["a folder without migrations", { "README.md": "" }, "holds no .sql file"],
  ])("refuses %s", async (_, files, message) => {
    await expect(readMigrationFiles(folderOf(files))).rejects.toThrow(message);
  });
});
