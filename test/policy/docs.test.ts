import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const pages = globSync("**/*.md", {
  cwd: root,
  exclude: (name) => /^(node_modules|cdktf\.out|dist|\.holdfast)$/.test(name),
});
const textOf = (page: string): string => readFileSync(join(root, page), "utf8");
const found = (page: string, pattern: RegExp): string[] =>
  [...textOf(page).matchAll(pattern)].map(([, match = ""]) => match);

/** Returns the targets of a page's links, without anchors and absolute addresses. */
const linksOf = (page: string): string[] => found(page, /\]\((?!\w+:|#)([^)#\s]+)/g);

/** The laptop cloud is a separate package. Its README is for projects with another Makefile and another Node. */
const ourPages = pages.filter((page) => !page.startsWith("laptop/"));

describe("documentation", () => {
  it("includes README.md", () => expect(pages).toContain("README.md"));

  it.each(pages)("%s links only to files that exist", (page) => {
    const dead = linksOf(page).filter((link) => !existsSync(join(root, dirname(page), link)));
    expect(dead).toEqual([]);
  });

  it("docs/architecture.md names only files that exist", () => {
    const paths = found("docs/architecture.md", /`((?:[a-z-]+\/)+[a-z0-9.-]*)`/g);
    expect(paths.length).toBeGreaterThan(40);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("names only make commands that exist", () => {
    const commands = new Set(found("Makefile", /^([a-z-]+):/gm));
    const named = ourPages.flatMap((page) =>
      found(page, /(?:^|`|&& )make (?:-s )?([a-z][a-z-]*)(?=`| *(?:$|#|&&|[A-Z]+=))/gm),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((command) => !commands.has(command))).toEqual([]);
  });

  it("runs TypeScript with tools/node/node, because the machine's Node may be too old for it", () => {
    const pattern = /(?:^|[^/\w-])(node (?!-)\S+\.ts)\b/gm;
    expect(ourPages.flatMap((page) => found(page, pattern).map((command) => `${page}: ${command}`))).toEqual([]);
  });

  it("names no port of the laptop but the edge's, because the APIs behind the edge answer only to the edge", () => {
    const ports = [...ourPages, "clients/native/.env.development"].flatMap((page) =>
      found(page, /(?:127\.0\.0\.1|10\.0\.2\.2|tcp):(\d{4,5})\b/g),
    );
    expect(new Set(ports)).toEqual(new Set(["8787"]));
  });
});
