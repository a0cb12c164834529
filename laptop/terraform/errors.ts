/** Stable codes, so that callers and tests branch on them and never on a message. */
export type TerraformErrorCode =
  | "output_unreadable"
  | "expression_invalid"
  | "function_unknown"
  | "reference_unknown"
  | "reference_cycle"
  | "variable_missing"
  | "variable_unknown"
  | "type_unknown"
  | "construct_unsupported"
  | "argument_invalid"
  | "apply_failed";

/** What the laptop cloud cannot run, with the construct that asked for it. */
export class TerraformError extends Error {
  readonly code: TerraformErrorCode;
  /** Construct path (stack/construct/id), or the Terraform address where the output carries no path. */
  readonly path: string | undefined;

  constructor(code: TerraformErrorCode, message: string, options: { path?: string; cause?: unknown } = {}) {
    super(options.path === undefined ? message : `${options.path}: ${message}`, { cause: options.cause });
    this.name = "TerraformError";
    this.code = code;
    this.path = options.path;
  }

  /** The same error, told to happen at `path` unless it already names a place. */
  at(path: string): TerraformError {
    return this.path === undefined ? new TerraformError(this.code, this.message, { path, cause: this.cause }) : this;
  }
}

/** Runs `work`, adding the construct's path to any TerraformError that lacks one. */
export function located<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof TerraformError ? error.at(path) : error;
  }
}
