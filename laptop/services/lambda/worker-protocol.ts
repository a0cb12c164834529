/** The data with which a function's worker starts. */
export interface WorkerStart {
  readonly taskRoot: string;
  /** `file.export` */
  readonly handler: string;
}

export interface WorkerInvocation {
  readonly requestId: string;
  readonly payload: string;
  /** Milliseconds since the epoch at which the invocation times out. */
  readonly deadlineAt: number;
  readonly functionArn: string;
  readonly clientContext?: string;
}

/** An error as Lambda reports it. `trace` is absent when there is no stack. */
export interface FunctionFault {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type WorkerMessage =
  | { readonly type: "ready" }
  | { readonly type: "init-failed"; readonly fault: FunctionFault }
  | { readonly type: "done"; readonly requestId: string; readonly payload: string }
  | { readonly type: "failed"; readonly requestId: string; readonly fault: FunctionFault }
  /** The instance cannot continue: nothing caught an exception or rejection. */
  | { readonly type: "crashed"; readonly fault: FunctionFault };
