import type { Problem } from "./operations.generated.ts";

/** Codes of the API, and `network`: no answer came. */
export type ErrorCode = Problem["code"] | "network";

/** What an operation is refused with, and what failed without an answer. Branch on `code`. */
export class HoldfastError extends Error {
  override readonly name = "HoldfastError";
  readonly code: ErrorCode;
  /** 0 when no answer came. */
  readonly status: number;
  /** The answer's body, where it was a problem of the API. */
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

  /** Lines that were short, of `insufficient_stock`. */
  get shortfalls(): NonNullable<Problem["shortfalls"]> {
    return this.problem?.shortfalls ?? [];
  }

  /** Fields that were wrong, of `validation_failed`. */
  get fieldErrors(): NonNullable<Problem["errors"]> {
    return this.problem?.errors ?? [];
  }
}

/** Whether an error is the API's or the network's, with this code where one is given. */
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

/** An answer from something between client and API may be no problem of the API: its status decides then. */
export function errorOf(status: number, body: unknown, retryAfterMs: number | undefined): HoldfastError {
  const problem = isProblem(body) ? body : undefined;
  const code = problem?.code ?? codeOfStatus[status] ?? (status < 500 ? "validation_failed" : "unavailable");
  const message = problem ? `${problem.code}: ${problem.detail}` : `the API answered with status ${status}`;
  return new HoldfastError({ code, message, status, problem, retryAfterMs });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}
