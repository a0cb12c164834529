import type { AwsRequest, ReadCalls } from "./aws-call.ts";

const objectActions: Readonly<Record<string, string>> = {
  GET: "s3:GetObject",
  HEAD: "s3:GetObject",
  PUT: "s3:PutObject",
  POST: "s3:PutObject",
  DELETE: "s3:DeleteObject",
};

/** Reads path-style requests: `/bucket/key`. Parts of a multipart upload count as PutObject, as in AWS. */
export const readS3: ReadCalls = (request: AwsRequest) => {
  const url = new URL(request.url, "http://s3");
  const [, bucket, ...rest] = url.pathname.split("/");
  if (!bucket) return [{ action: "s3:ListAllMyBuckets", resource: "*", context: {} }];
  const key = decodeURIComponent(rest.join("/"));
  if (key === "") {
    if (request.method === "POST" && url.searchParams.has("delete")) {
      return [{ action: "s3:DeleteObject", resource: `arn:aws:s3:::${bucket}/*`, context: {} }];
    }
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    const context = { "s3:prefix": url.searchParams.get("prefix") ?? "" };
    return [{ action: "s3:ListBucket", resource: `arn:aws:s3:::${bucket}`, context }];
  }
  const aborts = request.method === "DELETE" && url.searchParams.has("uploadId");
  const action = aborts ? "s3:AbortMultipartUpload" : objectActions[request.method];
  return action ? [{ action, resource: `arn:aws:s3:::${bucket}/${key}`, context: {} }] : undefined;
};
