import type { Agent } from "node:http";
import type { ResourcePolicyEvaluator } from "../access/resource-policy.ts";
import { askBucket } from "./bucket-origin.ts";
import type { Origin } from "./distribution-routes.ts";
import type { OriginOptions } from "./edge-service.ts";
import { askOrigin, type HttpTarget } from "./origin.ts";

export interface OriginContext {
  readonly agent: Agent;
  /** Address of the S3 engine. */
  readonly s3Endpoint: string;
  readonly bucketPolicies: ResourcePolicyEvaluator;
}

type HttpOriginOptions = Extract<OriginOptions, { kind: "http" }>;
type BucketOriginOptions = Extract<OriginOptions, { kind: "bucket" }>;

/** An engine of this machine that has not answered after this time will not answer at all. */
const bucketReadMsMax = 30_000;

/** The origin of a distribution, ready to be asked. */
export function createOrigin(options: OriginOptions, distributionArn: string, context: OriginContext): Origin {
  switch (options.kind) {
    case "http":
      return httpOrigin(options, context);
    case "bucket":
      return bucketOrigin(options, distributionArn, context);
  }
}

function httpOrigin(options: HttpOriginOptions, { agent }: OriginContext): Origin {
  const { id, path = "", customHeaders, host, port, readTimeoutSeconds } = options;
  const target: HttpTarget = { agent, host, port, readTimeoutMs: readTimeoutSeconds * 1_000 };
  return { id, host: `${host}:${port}`, path, customHeaders, target, ask: (request) => askOrigin(target, request) };
}

function bucketOrigin(options: BucketOriginOptions, distributionArn: string, context: OriginContext): Origin {
  const { id, path = "", customHeaders, bucket, isSigned } = options;
  const { agent, s3Endpoint, bucketPolicies } = context;
  const { hostname, port } = new URL(s3Endpoint);
  const target: HttpTarget = { agent, host: hostname, port: Number(port), readTimeoutMs: bucketReadMsMax };
  const asker = isSigned ? { service: "cloudfront.amazonaws.com", sourceArn: distributionArn } : "anybody";
  return {
    id,
    host: `${bucket}.s3`,
    path,
    customHeaders,
    ask: (request) =>
      askBucket(
        { bucket, target, permits: (call) => bucketPolicies.permits(`arn:aws:s3:::${bucket}`, asker, call) },
        request,
      ),
  };
}
