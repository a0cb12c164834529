export interface ClientOptions {
  /** The time-out of one attempt. */
  readonly timeoutMs: number;
  /** The time-out of the connection. @default timeoutMs */
  readonly connectTimeoutMs?: number;
  /** The number of attempts, including the first. */
  readonly attemptCountMax: number;
}

/** Returns time-outs and retries of an AWS client. Each function sets them: the SDK's defaults are too long. */
export const transport = ({ timeoutMs, connectTimeoutMs = timeoutMs, attemptCountMax }: ClientOptions) => ({
  maxAttempts: attemptCountMax,
  requestHandler: { connectionTimeout: connectTimeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
});
