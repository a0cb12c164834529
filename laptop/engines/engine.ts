/** A running stand-in for one managed service. */
export interface Engine {
  readonly endpoint: string;
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** `disk` keeps everything acknowledged across a SIGKILL; `memory` is faster and forgets. */
type Storage = "disk" | "memory";

export interface EngineOptions {
  /** The engine's own folder: data, log and the record of its process. */
  readonly folder: string;
  readonly storage: Storage;
  /** @default a free port */
  readonly port?: number;
  /** Told what takes long, such as installing a missing program. @default silent */
  readonly log?: (line: string) => void;
}
