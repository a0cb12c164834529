import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { synthesize, temporaryFolder } from "../synthesized.fixture.ts";
import { Site, type SiteFile } from "./site.ts";

function file(name: string, changed: Partial<SiteFile> = {}): SiteFile {
  const path = join(temporaryFolder(), "file");
  writeFileSync(path, name);
  return { name, path, contentType: "text/html", sha256: `digest of ${name}`, immutable: false, ...changed };
}

const output = synthesize((stack) => {
  const script = file("assets/index-1a.js", { contentType: "text/javascript", immutable: true });
  const site = new Site(stack, "site", { name: "shop-site", files: [file("index.html"), script] });
  site.writeJson("config.json", { api: "/v1" });
  site.servedBy("arn:of-the-distribution");
});
const objects = output.all("aws_s3_object");
const objectAt = (key: string) => objects.find((object) => object.key === key);

describe("Site", () => {
  it("makes a private bucket with the files, which can be destroyed", () => {
    expect(output.types()).toEqual([
      "aws_s3_bucket",
      "aws_s3_bucket_lifecycle_configuration",
      "aws_s3_bucket_policy", // allows the distribution to read
      "aws_s3_bucket_public_access_block",
      ...["index.html", "assets/index-1a.js", "config.json"].map(() => "aws_s3_object"),
    ]);
    expect(output.one("aws_s3_bucket")).toMatchObject({ force_destroy: true });
  });

  it("lets browsers cache a file with a digest in its name for ever, and revalidate the other files", () => {
    expect(objectAt("assets/index-1a.js")).toMatchObject({
      content_type: "text/javascript",
      cache_control: "public, max-age=31536000, immutable",
      source_hash: "digest of assets/index-1a.js",
    });
    expect(objectAt("index.html")).toMatchObject({ content_type: "text/html", cache_control: "no-cache" });
    expect(objectAt("config.json")).toMatchObject({
      content: '{"api":"/v1"}',
      content_type: "application/json",
      cache_control: "no-cache",
    });
  });

  it("writes pages after the files that they refer to", () => {
    expect(objectAt("index.html")?.depends_on).toEqual([expect.stringMatching(/^aws_s3_object\..*index-1ajs/)]);
    expect(objectAt("assets/index-1a.js")).not.toHaveProperty("depends_on");
  });

  it("reads files from the output folder, not from an absolute path", () => {
    expect(objectAt("index.html")?.source).toMatch(/^assets\//);
  });

  it("allows one distribution to read, and nobody else", () => {
    expect(JSON.parse(String(output.one("aws_s3_bucket_policy").policy)).Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: "s3:GetObject",
        Resource: expect.stringMatching(/\.arn\}\/\*$/),
        Condition: { StringEquals: { "AWS:SourceArn": "arn:of-the-distribution" } },
      },
    ]);
  });
});
