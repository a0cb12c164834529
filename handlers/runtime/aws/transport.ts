export interface ClientOptions {
  /** For one attempt. */
  readonly timeoutMs: number;
  /** For its connection. @default timeoutMs */
  readonly connectTimeoutMs?: number;
  /** The first attempt counts. */
  readonly attemptCountMax: number;
}

/** Time-outs and retries of an AWS client: each function sets its own, because the SDK's defaults are too long. */
export const transport = ({ timeoutMs, connectTimeoutMs = timeoutMs, attemptCountMax }: ClientOptions) => ({
  maxAttempts: attemptCountMax,
  requestHandler: { connectionTimeout: connectTimeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
});
