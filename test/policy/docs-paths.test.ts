import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const pages = globSync("**/*.md", {
  cwd: root,
  exclude: (name) => /^(node_modules|cdktf\.out|dist|\.holdfast)$/.test(name),
});

/** Where the links of a page lead, without anchors and addresses. */
function linksOf(page: string): readonly string[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].flatMap(([, link]) => (link === undefined ? [] : [link]));
}

describe("documentation", () => {
  it("is found", () => expect(pages).toContain("README.md"));

  it.each(pages)("%s links to what is there", (page) => {
    const dead = linksOf(page).filter((link) => !existsSync(join(root, dirname(page), link)));
    expect(dead).toEqual([]);
  });

  it("docs/architecture.md names files that are there", () => {
    const text = readFileSync(join(root, "docs/architecture.md"), "utf8");
    const paths = [...text.matchAll(/`((?:[a-z-]+\/)+[a-z0-9.-]*)`/g)].flatMap(([, path]) => path ?? []);
    expect(paths.length).toBeGreaterThan(40);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
