import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readOptions } from "./options.ts";
import { openInput, openRun, type Run } from "./run.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-demo-"));
  path = join(folder, "demo", "seed-1.sqlite");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Opens a run, works on it and closes it, as one process does. */
function within(options: { fresh: boolean }, work: (run: Run) => void = () => {}): Omit<Run, "journal"> {
  const { journal, ...run } = openRun(path, options);
  work({ journal, ...run });
  journal.close();
  return run;
}

describe("openRun", () => {
  it("resumes an unfinished run under the same id", () => {
    const first = within({ fresh: false });
    expect(first).toMatchObject({ id: expect.stringMatching(/^demo-[0-9a-f]{8}$/), resumed: false });
    expect(within({ fresh: false })).toEqual({ id: first.id, resumed: true });
  });

  it("starts again after a finished run, and with --fresh", () => {
    const first = within({ fresh: false }, ({ journal }) => journal.setFact("finishedAt", "2026-11-24T09:30:00.000Z"));
    const second = within({ fresh: false });
    const third = within({ fresh: true });
    expect([second.resumed, third.resumed]).toEqual([false, false]);
    expect(new Set([first.id, second.id, third.id]).size).toBe(3);
  });

  it("starts again, with a note, when the API has forgotten the keys", () => {
    const first = within({ fresh: false });
    const yesterday = new Date(Date.now() - 23.5 * 3_600_000);
    utimesSync(path, yesterday, yesterday);
    const second = within({ fresh: false });
    expect(second.id).not.toBe(first.id);
    expect(second.note).toMatch(/older than the 24 h/);
  });
});

describe("openInput", () => {
  const options = (...parameters: string[]) => readOptions(["--state", folder, ...parameters]);

  it("uses the seed of the unfinished run with --resume, else a random one", async () => {
    path = join(folder, "demo", "seed-77.sqlite");
    within({ fresh: false });
    expect(await openInput(options("--resume"))).toMatchObject({ seed: 77, generated: true, path });
    expect((await openInput(options())).seed).not.toBe(77);
    expect((await openInput(options("--seed", "5"))).seed).toBe(5);
  });

  it("distinguishes files by content, not by name", async () => {
    const header = "InvoiceNo,StockCode,Quantity,InvoiceDate\n";
    const paths = await Promise.all(
      [header, header, `${header}1,A,1,2010-12-01 08:26:00\n`].map(async (content, index) => {
        const csv = join(folder, `${index}.csv`);
        writeFileSync(csv, content);
        return (await openInput(options("--csv", csv))).path;
      }),
    );
    expect(paths[0]).toBe(paths[1]);
    expect(paths[2]).not.toBe(paths[0]);
  });
});
