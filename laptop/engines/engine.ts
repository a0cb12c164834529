/** A running replacement of one managed service. */
export interface Engine {
  readonly endpoint: string;
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** With `disk`, acknowledged data survives a SIGKILL. `memory` is faster and loses all data at its end. */
type Storage = "disk" | "memory";

export interface EngineOptions {
  /** The engine's own folder: data, log and the record of its process. */
  readonly folder: string;
  readonly storage: Storage;
  /** @default a free port */
  readonly port?: number;
  /** Called before slow work, such as installing a missing program. @default silent */
  readonly log?: (line: string) => void;
}
