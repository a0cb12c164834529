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

/** Where the links of a page lead, without anchors and addresses. */
const linksOf = (page: string): string[] => found(page, /\]\((?!\w+:|#)([^)#\s]+)/g);

/** The laptop cloud is a package of its own: its README speaks to projects with another Makefile and another Node. */
const ourPages = pages.filter((page) => !page.startsWith("laptop/"));

describe("documentation", () => {
  it("is found", () => expect(pages).toContain("README.md"));

  it.each(pages)("%s links to what is there", (page) => {
    const dead = linksOf(page).filter((link) => !existsSync(join(root, dirname(page), link)));
    expect(dead).toEqual([]);
  });

  it("docs/architecture.md names files that are there", () => {
    const paths = found("docs/architecture.md", /`((?:[a-z-]+\/)+[a-z0-9.-]*)`/g);
    expect(paths.length).toBeGreaterThan(40);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("names only commands that make has", () => {
    const commands = new Set(found("Makefile", /^([a-z-]+):/gm));
    const named = ourPages.flatMap((page) =>
      found(page, /(?:^|`|&& )make (?:-s )?([a-z][a-z-]*)(?=`| *(?:$|#|&&|[A-Z]+=))/gm),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((command) => !commands.has(command))).toEqual([]);
  });

  it("runs TypeScript by tools/node/node, because the machine's Node may be too old for it", () => {
    const pattern = /(?:^|[^/\w-])(node (?!-)\S+\.ts)\b/gm;
    expect(ourPages.flatMap((page) => found(page, pattern).map((command) => `${page}: ${command}`))).toEqual([]);
  });

  it("reaches the laptop at the edge's port alone, because the APIs behind it answer to the edge alone", () => {
    const ports = [...ourPages, "clients/native/.env.development"].flatMap((page) =>
      found(page, /(?:127\.0\.0\.1|10\.0\.2\.2|tcp):(\d{4,5})\b/g),
    );
    expect(new Set(ports)).toEqual(new Set(["8787"]));
  });
});
