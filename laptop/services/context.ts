import type { Timers } from "./timers.ts";

/** Addresses of the engines that replace AWS services, such as `http://127.0.0.1:8789`. */
export interface EngineEndpoints {
  readonly dynamodb: string;
  readonly kinesis: string;
  readonly sqs: string;
  readonly sns: string;
  readonly s3: string;
}

/** A line that a function or a service wrote. `source` is `lambda/<function>`, `api-gateway/<api>`, ... */
export interface LogLine {
  readonly source: string;
  readonly line: string;
}

/** What all services share. */
export interface ServiceContext {
  readonly region: string;
  readonly accountId: string;
  readonly endpoints: EngineEndpoints;
  /** Folder for state: checkpoints, unpacked bundles, function logs. */
  readonly folder: string;
  /** "memory" keeps no checkpoint on disk. */
  readonly storage: "disk" | "memory";
  readonly timers: Timers;
  readonly log: (line: LogLine) => void;
}
