import { describe, expect, it } from "vitest";
import { probe, synthesize } from "../synthesized.fixture.ts";
import { Bucket } from "./bucket.ts";

describe("Bucket", () => {
  it("is private and protected", () => {
    const output = synthesize((stack) => void new Bucket(stack, "archive", { name: "shop-archive" }));
    expect(output.types()).toEqual([
      "aws_s3_bucket",
      "aws_s3_bucket_lifecycle_configuration", // removes the parts of unfinished uploads
      "aws_s3_bucket_public_access_block",
    ]);
    expect(output.one("aws_s3_bucket")).toMatchObject({ force_destroy: false, lifecycle: { prevent_destroy: true } });
    expect(output.one("aws_s3_bucket_public_access_block")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
  });

  it("moves and removes objects by age", () => {
    const output = synthesize(
      (stack) =>
        void new Bucket(stack, "archive", { name: "shop-archive", infrequentAfterDays: 30, expireAfterDays: 400 }),
    );
    expect(output.one("aws_s3_bucket_lifecycle_configuration").rule).toMatchObject([
      { transition: [{ days: 30, storage_class: "STANDARD_IA" }], expiration: [{ days: 400 }] },
    ]);
  });

  it("can be destroyed together with its objects (disposable)", () => {
    const output = synthesize(
      (stack) =>
        void new Bucket(stack, "archive", { name: "shop-archive", protection: { disposableBecause: "test data" } }),
    );
    expect(output.one("aws_s3_bucket")).toMatchObject({ force_destroy: true, lifecycle: { prevent_destroy: false } });
  });

  it("allows a writer to put objects, and nothing else", () => {
    const output = synthesize((stack) =>
      new Bucket(stack, "archive", { name: "shop-archive" }).grantWrite(probe(stack)),
    );
    expect(output.statements().slice(2)).toEqual([
      { Effect: "Allow", Action: ["s3:PutObject"], Resource: [expect.stringMatching(/\.arn\}\/\*$/)] },
    ]);
  });
});
