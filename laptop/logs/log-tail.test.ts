import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLogTail, logFiles } from "./log-tail.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "logs-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("createLogTail", () => {
  it("prints the last lines of each file, then the added lines, whole lines only", () => {
    const printed: string[] = [];
    const tail = createLogTail({
      files: () => logFiles(folder, { engines: false }),
      lineCount: 2,
      print: (line) => printed.push(line),
    });
    const file = join(folder, "a.log");
    writeFileSync(file, "1\n2\n3\n");
    tail.poll();
    expect(printed.splice(0)).toEqual(["a | 2", "a | 3"]);
    appendFileSync(file, "4\nhal");
    writeFileSync(join(folder, "new.log"), "1\n2\n3\n");
    tail.poll();
    expect(printed.splice(0)).toEqual(["a | 4", "new | 1", "new | 2", "new | 3"]);
    appendFileSync(file, "f\n");
    tail.poll();
    expect(printed.splice(0)).toEqual(["a | half"]);
  });

  it("continues with the new file when the writer has started one", () => {
    const printed: string[] = [];
    const file = join(folder, "a.log");
    writeFileSync(file, "long first line\n");
    const tail = createLogTail({ files: () => [file], lineCount: 9, print: (line) => printed.push(line) });
    tail.poll();
    renameSync(file, `${file}.1`);
    writeFileSync(file, "new\n");
    tail.poll();
    expect(printed).toEqual(["a | long first line", "a | new"]);
  });
});

describe("logFiles", () => {
  it("contains the logs of engines only on request", () => {
    mkdirSync(join(folder, "cloud", "kinesis"), { recursive: true });
    const engine = join(folder, "cloud", "kinesis", "engine.log");
    writeFileSync(engine, "");
    writeFileSync(join(folder, "a.log"), "");
    expect(logFiles(folder, { engines: false })).toEqual([join(folder, "a.log")]);
    expect(logFiles(folder, { engines: true }).sort()).toEqual([join(folder, "a.log"), engine].sort());
  });
});
