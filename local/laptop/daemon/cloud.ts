/** What the daemon keeps running: everything that is derived from the synthesized Terraform. */
export interface Cloud {
  /** Outputs by stack. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Addresses of the engines by the service that they stand in for. */
  readonly endpoints: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface CloudOptions {
  /** Folder of the synthesized Terraform. */
  readonly output: string;
  readonly folder: string;
  readonly storage: "disk" | "memory";
  readonly variables: Readonly<Record<string, string>>;
  readonly ports: Readonly<Record<string, number>>;
  readonly log: (line: string) => void;
  /** Told what is being done now. */
  readonly onProgress: (step: string) => void;
}

export type StartCloud = (options: CloudOptions) => Promise<Cloud>;
