import type { Problem } from "./operations.generated.ts";

/** The API's error codes, and `network` when no answer arrived. */
export type ErrorCode = Problem["code"] | "network";

/** The error of a refused operation, or of a request without an answer. Branch on `code`. */
export class HoldfastError extends Error {
  override readonly name = "HoldfastError";
  readonly code: ErrorCode;
  /** The HTTP status; 0 when no answer arrived. */
  readonly status: number;
  /** The answer's body, if it is a problem of the API. */
  readonly problem: Problem | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(options: {
    code: ErrorCode;
    message: string;
    status?: number;
    problem?: Problem;
    retryAfterMs?: number;
    cause?: unknown;
  }) {
    super(options.message, { cause: options.cause });
    this.code = options.code;
    this.status = options.status ?? 0;
    this.problem = options.problem;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** The lines with too little stock, for `insufficient_stock`. */
  get shortfalls(): NonNullable<Problem["shortfalls"]> {
    return this.problem?.shortfalls ?? [];
  }

  /** The invalid fields, for `validation_failed`. */
  get fieldErrors(): NonNullable<Problem["errors"]> {
    return this.problem?.errors ?? [];
  }
}

/** Returns whether an error is a HoldfastError, and has this code if one is given. */
export function isHoldfastError(error: unknown, code?: ErrorCode): error is HoldfastError {
  return error instanceof HoldfastError && (code === undefined || error.code === code);
}

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  413: "payload_too_large",
  429: "rate_limited",
};

/**
 * Makes an error from an answer. A proxy between client and API may answer without a problem of the API; then the
 * status decides the code.
 */
export function errorOf(status: number, body: unknown, retryAfterMs: number | undefined): HoldfastError {
  const problem = isProblem(body) ? body : undefined;
  const code = problem?.code ?? codeOfStatus[status] ?? (status < 500 ? "validation_failed" : "unavailable");
  const message = problem ? `${problem.code}: ${problem.detail}` : `the API answered with status ${status}`;
  return new HoldfastError({ code, message, status, problem, retryAfterMs });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}
