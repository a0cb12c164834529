import { z } from "zod";
import { parseArn } from "./arn.ts";

/** An engine's answer that is not a success. `code` is AWS's exception name without its namespace. */
export class EngineError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(problem: { code: string; status: number; message: string }) {
    super(problem.message);
    this.name = problem.code;
    this.code = problem.code;
    this.status = problem.status;
  }
}

/** Engines want a signature and do not check it. They look up queues and topics in its region. */
const authorizationFor = (service: string, region = "us-east-1"): string =>
  `AWS4-HMAC-SHA256 Credential=laptop/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=none`;

const Fault = z.looseObject({
  __type: z.string().optional(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

const faultOf = (text: string, status: number, what: string): EngineError => {
  let fault: z.output<typeof Fault> = {};
  try {
    fault = Fault.parse(JSON.parse(text));
  } catch {
    // Not JSON: S3 and SNS answer in XML. The status and the text are enough for the message.
  }
  const code = fault.__type?.split("#").pop() ?? /<Code>([^<]+)<\/Code>/.exec(text)?.[1] ?? `Http${status}`;
  return new EngineError({ code, status, message: `${what}: ${fault.message ?? fault.Message ?? text.slice(0, 300)}` });
};

export interface JsonCall<Shape extends z.ZodType> {
  readonly endpoint: string;
  /** `X-Amz-Target`, such as `Kinesis_20131202.GetRecords`. */
  readonly target: string;
  /** @default "1.1" */
  readonly version?: "1.0" | "1.1";
  /** Matters only for queues. @default "us-east-1" */
  readonly region?: string;
  readonly input: unknown;
  readonly output: Shape;
  /** @default aborts after a minute */
  readonly signal?: AbortSignal;
}

/** A caller must not wait for ever for an engine that hangs. */
const callMsMax = 60_000;

/** One call of an AWS JSON protocol. The answer keeps AWS's field names, because events have them too. */
export const callJson = async <Shape extends z.ZodType>(call: JsonCall<Shape>): Promise<z.output<Shape>> => {
  const response = await fetch(call.endpoint, {
    method: "POST",
    headers: {
      "content-type": `application/x-amz-json-${call.version ?? "1.1"}`,
      "x-amz-target": call.target,
      "x-amz-date": "20260101T000000Z",
      authorization: authorizationFor("service", call.region),
    },
    body: JSON.stringify(call.input),
    signal: call.signal ?? AbortSignal.timeout(callMsMax),
  });
  const text = await response.text();
  if (!response.ok) throw faultOf(text, response.status, call.target);
  return call.output.parse(text === "" ? {} : JSON.parse(text));
};

/** Writes one S3 object by a path-style request. */
export const putObject = async (object: {
  endpoint: string;
  bucket: string;
  key: string;
  body: Uint8Array;
  contentType: string;
  contentEncoding?: string;
}): Promise<void> => {
  const path = object.key.split("/").map(encodeURIComponent).join("/");
  const response = await fetch(`${object.endpoint}/${object.bucket}/${path}`, {
    method: "PUT",
    headers: {
      "content-type": object.contentType,
      ...(object.contentEncoding ? { "content-encoding": object.contentEncoding } : {}),
      authorization: authorizationFor("s3"),
    },
    body: Buffer.from(object.body),
  });
  const text = await response.text();
  if (!response.ok) throw faultOf(text, response.status, `PutObject ${object.bucket}/${object.key}`);
};

/** Publishes to an SNS topic by AWS's query protocol. */
export const publish = async (notice: { endpoint: string; topicArn: string; message: string }): Promise<void> => {
  const response = await fetch(notice.endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization: authorizationFor("sns", parseArn(notice.topicArn).region),
    },
    body: new URLSearchParams({
      Action: "Publish",
      Version: "2010-03-31",
      TopicArn: notice.topicArn,
      Message: notice.message,
    }).toString(),
  });
  const text = await response.text();
  if (!response.ok) throw faultOf(text, response.status, `Publish ${notice.topicArn}`);
};
