import { Readable } from "node:stream";
import type { AwsCall } from "../access/aws-call.ts";
import { readS3 } from "../access/s3-calls.ts";
import { askOrigin, type HttpTarget, type OriginRequest, type OriginResponse } from "./origin.ts";
import { filtered } from "./raw-headers.ts";

export interface BucketOrigin {
  readonly bucket: string;
  /** The S3 engine. */
  readonly target: HttpTarget;
  /** Whether the bucket's policy lets the distribution do this. */
  readonly permits: (call: AwsCall) => Promise<boolean>;
}

/** The headers of a viewer that have a meaning for a bucket. */
const meaningful: ReadonlySet<string> = new Set([
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "range",
  "content-length",
  "content-type",
]);
const listObjects = "s3:ListBucket";

/**
 * Reads a bucket as S3 lets a distribution: a call that the bucket's policy does not allow is denied. So is a missing
 * object, unless the policy allows to list the bucket.
 */
export async function askBucket(
  { bucket, target, permits }: BucketOrigin,
  request: OriginRequest,
): Promise<OriginResponse> {
  const path = `/${bucket}${request.path}`;
  const { method } = request;
  const calls = readS3({ method, url: path, headers: {}, body: Buffer.alloc(0) }, { region: "", accountId: "" });
  if (!calls) return refusal(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
  for (const call of calls) if (!(await permits(call))) return denied();
  const headers = [
    "Host",
    `${target.host}:${target.port}`,
    ...filtered(request.headers, (name) => meaningful.has(name)),
  ];
  const answer = await askOrigin(target, { ...request, path, headers });
  if (answer.status !== 404) return { ...answer, headers: [...answer.headers, "Server", "AmazonS3"] };
  answer.body.resume();
  const mayList = await permits({ action: listObjects, resource: `arn:aws:s3:::${bucket}`, context: {} });
  return mayList ? refusal(404, "NoSuchKey", "The specified key does not exist.") : denied();
}

function denied(): OriginResponse {
  return refusal(403, "AccessDenied", "Access Denied");
}

function refusal(status: number, code: string, message: string): OriginResponse {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  const headers = ["Content-Type", "application/xml", "Content-Length", String(body.length), "Server", "AmazonS3"];
  return { status, headers, body: Readable.from([Buffer.from(body)]) };
}
