import { gzipSync } from "node:zlib";
import { parseArn } from "../arn.ts";
import type { Checkpoints } from "../streams/checkpoints.ts";
import { createBackoff } from "../streams/pause.ts";
import { putObject } from "../wire.ts";
import type { DeliveryStreamOptions } from "./firehose-service.ts";
import { objectName } from "./object-name.ts";
import type { ObjectContent } from "./record-buffer.ts";

export interface ObjectWriterOptions {
  readonly delivery: DeliveryStreamOptions;
  readonly s3Endpoint: string;
  readonly checkpoints: Checkpoints;
  readonly log: (line: string) => void;
}

/** Writes objects one after another, so that checkpoints never go back. A checkpoint is set once its object is written. */
export class ObjectWriter {
  readonly #options: ObjectWriterOptions;
  readonly #stopping = new AbortController();
  #writing: Promise<void> = Promise.resolve();

  constructor(options: ObjectWriterOptions) {
    this.#options = options;
  }

  /** Resolves when this object and all objects before it are written, or when the writer has stopped. */
  write(content: ObjectContent | undefined): Promise<void> {
    if (content) this.#writing = this.#writing.then(() => this.#deliver(content));
    return this.#writing;
  }

  /** Ends the retries. What is not written then is read again after the next start. */
  stop(): void {
    this.#stopping.abort();
  }

  async #deliver(content: ObjectContent): Promise<void> {
    if (!(await this.#putWithRetries(objectOf(this.#options, content)))) return;
    for (const [shardId, sequenceNumber] of content.lastByShard) {
      this.#options.checkpoints.set(shardId, { type: "after", sequenceNumber });
    }
  }

  async #putWithRetries(object: Parameters<typeof putObject>[0]): Promise<boolean> {
    const backoff = createBackoff(this.#stopping.signal);
    for (;;) {
      try {
        await putObject(object);
        return true;
      } catch (error) {
        this.#options.log(`cannot write ${object.key}: ${String(error)}`);
        if (this.#stopping.signal.aborted) return false;
        await backoff.wait();
      }
    }
  }
}

function objectOf({ delivery, s3Endpoint }: ObjectWriterOptions, { body, oldestArrivedAt }: ObjectContent) {
  const { name, destination } = delivery;
  const isGzip = destination.compressionFormat === "GZIP";
  const nameOptions = {
    streamName: name,
    prefix: destination.prefix ?? "",
    extension: destination.fileExtension ?? (isGzip ? ".gz" : ""),
    timezone: destination.customTimeZone ?? "UTC",
  };
  return {
    endpoint: s3Endpoint,
    bucket: parseArn(destination.bucketArn).resource,
    key: objectName(nameOptions, new Date(oldestArrivedAt)),
    body: isGzip ? gzipSync(body) : body,
    contentType: "application/octet-stream",
  };
}
