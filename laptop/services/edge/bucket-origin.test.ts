import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { clientOptions, queuesAndBucketsEndpoint, uniqueName } from "../../testing/index.ts";
import { type EdgeGiven, startEdge, summary } from "./edge.fixture.ts";

const index = { ContentType: "text/html", CacheControl: "no-cache", Body: "<h1>" };

async function bucketBehindEdge(statementOf: (bucket: string, arn: string) => object) {
  const s3 = await queuesAndBucketsEndpoint();
  const client = new S3Client({ ...clientOptions(s3), forcePathStyle: true });
  const bucket = uniqueName("site");
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: "index.html", ...index }));
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: "assets/a b.js", Body: "1" }));
  client.destroy();
  const policies = new Map<string, string>();
  const edge = await startEdge({
    s3,
    origin: { kind: "bucket", bucket, isSigned: true } as EdgeGiven["origin"] & object,
    cache: {},
    distribution: { defaultRootObject: "index.html" },
    policyOf: (arn) => policies.get(arn),
  });
  const Statement = [statementOf(bucket, edge.arn)];
  policies.set(`arn:aws:s3:::${bucket}`, JSON.stringify({ Version: "2012-10-17", Statement }));
  return edge;
}
const reader = (bucket: string, arn: string, Action: string[] = ["s3:GetObject"]) => ({
  Effect: "Allow",
  Principal: { Service: "cloudfront.amazonaws.com" },
  Action,
  Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
  Condition: { StringEquals: { "AWS:SourceArn": arn } },
});

describe("a bucket", () => {
  it("is readable for the distribution that its policy names: types, conditions and the root object", async () => {
    const { get } = await bucketBehindEdge(reader);
    const root = await get("/");
    expect(Object.fromEntries(root.headers)).toMatchObject({
      "content-type": "text/html",
      "cache-control": "no-cache",
    });
    expect(await root.text()).toBe("<h1>");
    const etag = root.headers.get("etag") ?? "";
    expect((await get("/", { "If-None-Match": etag })).status).toBe(304);
    expect(await summary(await get("/"))).toBe("200 RefreshHit");
    expect(await (await get("/assets/a%20b.js")).text()).toBe("1");
  });

  it("denies a missing object, and answers 404 when the distribution may list", async () => {
    const secretive = await bucketBehindEdge(reader);
    expect(await summary(await secretive.get("/missing"))).toBe("403 Error");
    const open = await bucketBehindEdge((bucket, arn) => reader(bucket, arn, ["s3:GetObject", "s3:ListBucket"]));
    expect(await summary(await open.get("/missing"))).toBe("404 Error");
  });

  it("denies another distribution, and any change", async () => {
    const other = await bucketBehindEdge((bucket) =>
      reader(bucket, "arn:aws:cloudfront::000000000000:distribution/EOTHER"),
    );
    expect(await summary(await other.get("/"))).toBe("403 Error");
    const own = await bucketBehindEdge(reader);
    expect((await own.get("/index.html", {}, { method: "PUT", body: "x" })).status).toBe(403);
  });
});
