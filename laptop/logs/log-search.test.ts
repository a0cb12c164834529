import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { entryWith, renderEntry } from "./log-entry.ts";
import { createLogSearch } from "./log-search.ts";
import { logFiles } from "./log-tail.ts";

const line = (fields: object) => JSON.stringify({ level: "INFO", timestamp: "2026-01-01T00:00:00.000Z", ...fields });

function logs() {
  const folder = mkdtempSync(join(tmpdir(), "search-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  const search = (id: string) => createLogSearch(id, () => logFiles(folder, { engines: false, rotated: true }));
  return { path, search };
}

describe("entryWith", () => {
  it.each([
    ["a field", line({ message: "m", order: "A-1" })],
    ["a field inside of a field", line({ message: "m", order: { id: "A-1" } })],
    ["an element of a list", line({ message: "m", correlation_ids: ["x", "A-1"] })],
    ["a word of a line of text", "2026-01-01T00:00:00.000Z A-1 GET /things/1 200"],
    ["a part of a path", "2026-01-01T00:00:00.000Z GET /things/A-1 200"],
  ])("finds an id that is %s", (_where, text) => {
    expect(entryWith("A-1", text, "fn")).toMatchObject({ atMs: Date.parse("2026-01-01T00:00:00Z") });
  });

  it.each([
    ["a longer id", line({ message: "m", order: "A-12" })],
    ["a part of a message", line({ message: "about A-1 and others" })],
    ["the name of a field", line({ message: "m", "A-1": true })],
    ["a longer word of a line of text", "2026-01-01T00:00:00.000Z A-1-2 xA-1 GET"],
  ])("does not mistake %s for the id", (_where, text) => {
    expect(entryWith("A-1", text, "fn")).toBeUndefined();
  });
});

describe("renderEntry", () => {
  it("shows time, distance, source, level, message and the relevant fields", () => {
    const text = line({
      message: "sent",
      service: "mail",
      to: ["a"],
      xray_trace_id: "1",
      error: { name: "E", message: "no" },
    });
    const entry = entryWith("mail", text, "fn");
    if (!entry) throw new Error("it was not found");
    expect(renderEntry(entry, (entry.atMs ?? 0) - 12, 6)).toBe(
      '00:00:00.000      +12 ms  mail    INFO   sent  to=["a"]  error=E: no',
    );
  });
});

describe("createLogSearch", () => {
  it("finds lines in all files, also before the last rotation", () => {
    const { path, search } = logs();
    writeFileSync(path("lambda-one.log.1"), `${line({ message: "first", id: "A" })}\n${line({ id: "B" })}\n`);
    writeFileSync(path("lambda-one.log"), `${line({ message: "second", id: "A" })}\n`);
    writeFileSync(path("api.log"), `2026-01-01T00:00:00.000Z A GET /\n`);
    const found = search("A").read();
    expect(found.map(({ source, message }) => `${source} ${message}`).toSorted()).toEqual([
      "api A GET /",
      "one first",
      "one second",
    ]);
  });

  it("continues where it stopped, with whole lines, and with the new file after a rotation", () => {
    const { path, search } = logs();
    writeFileSync(path("one.log"), `${line({ message: "1", id: "A" })}\n`);
    const reading = search("A");
    const messages = () => reading.read().map(({ message }) => message);
    expect(messages()).toEqual(["1"]);
    const [start, rest] = [line({ message: "2", id: "A" }).slice(0, 9), line({ message: "2", id: "A" }).slice(9)];
    appendFileSync(path("one.log"), start);
    expect(messages()).toEqual([]);
    appendFileSync(path("one.log"), `${rest}\n`);
    expect(messages()).toEqual(["2"]);
    renameSync(path("one.log"), path("elsewhere"));
    writeFileSync(path("one.log"), `${line({ message: "3", id: "A" })}\n`);
    expect(messages()).toEqual(["3"]);
  });

  it("finds lines at the borders of a large file's parts, in limited memory", () => {
    const { path, search } = logs();
    // A part is 1 MiB and the next part begins with the line that was cut off. So each of these lines is cut off once.
    const blockBytes = 1024 * 1024 - 40;
    const filler = (bytes: number) => `${"x".repeat(99)}\n`.repeat(Math.ceil(bytes / 100)).slice(-bytes);
    const wanted = (n: number) => `${line({ message: `wanted ${n}`, id: "A" })}\n`;
    writeFileSync(path("one.log"), filler(blockBytes));
    for (let n = 0; n < 120; n += 1) {
      appendFileSync(path("one.log"), wanted(n) + filler(blockBytes - wanted(n).length));
    }
    const reading = search("A");
    const before = process.memoryUsage().rss;
    const started = performance.now();
    expect(reading.read().map(({ message }) => message)).toEqual(Array.from({ length: 120 }, (_, n) => `wanted ${n}`));
    const grownMegabytes = (process.memoryUsage().rss - before) / 1024 ** 2;
    const megabytes = reading.bytesRead / 1024 ** 2;
    console.log(
      `${megabytes.toFixed(0)} MB in ${(performance.now() - started).toFixed(0)} ms, +${grownMegabytes.toFixed(0)} MB`,
    );
    expect(megabytes).toBeGreaterThan(100);
    expect(grownMegabytes).toBeLessThan(megabytes / 2);
  });

  it("skips text that is too long to be a line", () => {
    const { path, search } = logs();
    writeFileSync(path("one.log"), `${"A ".repeat(8 * 1024 * 1024)}\n${line({ message: "after", id: "A" })}\n`);
    expect(search("A").read().at(-1)?.message).toBe("after");
  });
});
